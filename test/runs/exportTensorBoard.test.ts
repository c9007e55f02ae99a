/** The files are read back by a reader of their own: frames, sums, then protobuf fields by number. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { crc32, crc32c } from '../../src/runs/crc';
import { exportTensorBoard } from '../../src/runs/exportTensorBoard';
import { openRun } from '../../src/runs/runReader';
import { createRun } from '../../src/runs/runWriter';
import { temporaryFolder } from '../temporaryFolder';
import { sampleRun, sampleStep } from './sampleRun';

type Field = number | Uint8Array;

/** Fields by number, each with all its values in order. */
function fields(message: Uint8Array): Map<number, Field[]> {
  const found = new Map<number, Field[]>();
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    let value: Field;
    if ((key & 7) === 0) value = varint();
    else if ((key & 7) === 1) value = view.getFloat64((at += 8) - 8, true);
    else if ((key & 7) === 5) value = view.getFloat32((at += 4) - 4, true);
    else {
      const length = varint();
      value = message.subarray(at, (at += length));
    }
    found.set(key >> 3, [...(found.get(key >> 3) ?? []), value]);
  }
  return found;
}

const textOf = (field: Field | undefined) => new TextDecoder().decode(field as Uint8Array);

function eventsOf(file: string) {
  const data = readFileSync(file);
  const masked = (part: Uint8Array) => {
    const crc = crc32c(part);
    return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  };
  const events: { step: number; time: number; values: Record<string, number>; version?: string }[] = [];
  for (let at = 0; at < data.length; ) {
    const length = Number(data.readBigUInt64LE(at));
    expect(data.readUInt32LE(at + 8)).toBe(masked(data.subarray(at, at + 8)));
    const message = data.subarray(at + 12, at + 12 + length);
    expect(data.readUInt32LE(at + 12 + length)).toBe(masked(message));
    at += 16 + length;
    const event = fields(message);
    const summary = event.get(5)?.[0];
    const values = summary ? (fields(summary as Uint8Array).get(1) ?? []) : [];
    events.push({
      time: event.get(1)?.[0] as number,
      step: (event.get(2)?.[0] as number) ?? 0,
      version: event.has(3) ? textOf(event.get(3)?.[0]) : undefined,
      values: Object.fromEntries(
        values.map((value) => {
          const entry = fields(value as Uint8Array);
          return [textOf(entry.get(1)?.[0]), entry.get(2)?.[0] as number];
        }),
      ),
    });
  }
  return events;
}

it('the checksums are those of the published check value 123456789', () => {
  const digits = new TextEncoder().encode('123456789');
  expect(crc32(digits)).toBe(0xcbf43926);
  expect(crc32c(digits)).toBe(0xe3069283);
});

it('writes a folder a network, a curve a number, and evaluations beside them', async () => {
  const folder = temporaryFolder();
  const time = Date.UTC(2026, 0, 1);
  const writer = createRun(folder, sampleRun, { now: () => time });
  for (let step = 1; step <= 300; step++) {
    writer.recordStep('resnet20', sampleStep(step));
    writer.recordStep('plain20', sampleStep(step, 'plain20'));
  }
  writer.recordEvent({
    type: 'evaluation',
    network: 'plain20',
    split: 'validation',
    epoch: 1,
    loss: 1.5,
    accuracy: 0.25,
    count: 100,
  });
  writer.end('finished');
  const run = await openRun(writer.folder);
  const files = await exportTensorBoard(run, path.join(folder, 'tb'));
  expect(readdirSync(path.join(folder, 'tb')).sort()).toEqual(['plain20', 'resnet20']);
  const [residual, plain] = files.map(eventsOf);
  expect(residual[0].version).toBe('brain.Event:2');
  expect(residual.slice(1).map(({ step }) => step)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
  expect(residual[200]).toMatchObject({ step: 200, time: time / 1000 });
  expect(residual[200].values).toMatchObject({
    'training/accuracy': 0.5,
    'activationGradients/stage1/block2': 200.125,
    'weights/fc.bias': 0.25,
  });
  expect(plain[1]).toMatchObject({
    step: 300,
    values: { 'validation/loss': 1.5, 'validation/accuracy': 0.25 },
  });

  const thin = await exportTensorBoard(run, path.join(folder, 'thin'), { kinds: ['cosines'], maxSteps: 3 });
  const few = eventsOf(thin[0]).slice(1);
  expect(few.map(({ step }) => step)).toEqual([1, 151, 300]);
  expect(Object.keys(few[0].values)).toEqual([
    'training/loss',
    'training/accuracy',
    'training/learning rate',
    'training/step seconds',
    'cosines/stage1/block1',
  ]);
});
