/** Setting TensorFlow.js up by request: the offer, one at a time, cancelling, removing. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SetUpProgress } from '../../src/engines/tfjs/setUp';
import { Cancelled } from '../../src/protocol/channel';
import { tfjsHandlers } from '../../src/trainer/setUpTfjs';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'skiplens-handlers-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const folder = path.join(scratch, 'tfjs');

function npmThat(does: string): string[] {
  const file = path.join(scratch, 'npm.cjs');
  writeFileSync(file, does);
  return [process.execPath, file];
}

describe('requests to set TensorFlow.js up', () => {
  it('offer without doing anything', async () => {
    const offer = await tfjsHandlers(() => {})['tfjs/offer']({ folder, flavour: 'gpu' });
    expect(offer.sentences.join(' ')).toContain(folder);
    expect(existsSync(folder)).toBe(false);
  });

  it('are answered as cancelled when they are, and refused while one is at work', async () => {
    const said: SetUpProgress[] = [];
    const npm = npmThat("console.log('fetching'); setInterval(() => {}, 1000);");
    const handlers = tfjsHandlers((progress) => said.push(progress), { npm });
    const running = expect(handlers['tfjs/setUp']({ folder, flavour: 'cpu' })).rejects.toBeInstanceOf(
      Cancelled,
    );
    await expect.poll(() => said.at(-1)?.message, { timeout: 10_000 }).toBe('fetching');
    await expect(handlers['tfjs/setUp']({ folder, flavour: 'cpu' })).rejects.toMatchObject({
      code: 'tfjs/busy',
    });
    await handlers['tfjs/cancel']({});
    await running;
    expect(existsSync(folder)).toBe(false);
    expect(await handlers['tfjs/remove']({ folder })).toEqual({ removed: false });
  });

  it('fail with the reason, and can be repeated', async () => {
    const npm = npmThat("console.error('npm error no space left on the disk'); process.exit(1);");
    const handlers = tfjsHandlers(() => {}, { npm });
    for (let time = 0; time < 2; time++)
      await expect(handlers['tfjs/setUp']({ folder, flavour: 'cpu' })).rejects.toMatchObject({
        code: 'tfjs/npmFailed',
        message: expect.stringContaining('no space left on the disk'),
      });
  });
});
