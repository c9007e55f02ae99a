/**
 * safetensors files: u64 length of the header, the header as JSON, the bytes. Reads and writes F32, F64 and I64;
 * the reader is strict and says what is malformed. After the format's description (huggingface/safetensors).
 */
import { internal } from '../base/errors';

export type TensorData = Float32Array | Float64Array | BigInt64Array;

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface SafetensorsFile {
  readonly tensors: Map<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The bytes of a safetensors file. */
export function encodeSafetensors(
  _tensors: ReadonlyMap<string, Tensor>,
  _metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  throw internal('safetensors is being written');
}

/** `name` is what messages call the file. */
export function decodeSafetensors(_bytes: Uint8Array, _name: string): SafetensorsFile {
  throw internal('safetensors is being written');
}

/** Reads a whole file; fails with `weights/missing`, `weights/unreadable` or `weights/malformed`. */
export function readSafetensors(_file: string): SafetensorsFile {
  throw internal('safetensors is being written');
}

/** Atomic: written beside, synced, renamed. */
export function writeSafetensors(
  _file: string,
  _tensors: ReadonlyMap<string, Tensor>,
  _metadata: Readonly<Record<string, string>> = {},
): void {
  throw internal('safetensors is being written');
}
