/** How many whole records a step file ends with: asked before appending to one that a dead process left. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { systemCode } from '../base/errors';
import { unreadableRun } from './errors';
import { decodeHeader, isWhole, jsonBytesOf, preambleBytes, type StepFormat } from './stepFormat';

export function wholeRecords(file: string): { format: StepFormat; records: number } {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    throw unreadableRun(file, systemCode(error) ?? String(error));
  }
  try {
    const read = (at: number, length: number) => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(fd, bytes, 0, length, at));
    };
    const preamble = read(0, preambleBytes);
    const format = decodeHeader(read(0, preambleBytes + jsonBytesOf(preamble, file)), file);
    let records = Math.floor((fstatSync(fd).size - format.headerBytes) / format.recordBytes);
    const isGood = (i: number) =>
      isWhole(read(format.headerBytes + i * format.recordBytes, format.recordBytes), format);
    while (records > 0 && !isGood(records - 1)) records--;
    return { format, records: Math.max(0, records) };
  } finally {
    closeSync(fd);
  }
}
