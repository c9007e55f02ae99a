/** Several seeds on the command line: the bands in table and sentences, what is concluded, and what is exported. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { skiplens, small } from '../processes';
import { temporaryFolder } from '../temporaryFolder';

describe('--seeds', () => {
  it('trains every network from each, and ends with bands and with what they conclude', async () => {
    const cwd = temporaryFolder();
    const flags = ['compare', 'resnet8', ...small, '--steps', '3', '--seeds', '2', '--seed', '7'];
    const result = await skiplens(flags, { cwd });
    expect(result.code, result.stderr).toBe(0);
    expect(result.stderr).toContain('Seeds: 7, 8');
    expect(result.stderr).toMatch(/step 3: plain8 from seed 8: validation loss/);
    expect(result.stdout).toMatch(/ResNet-8 .*\n +least .*\n +greatest .*\n Plain-8 /);
    expect(result.stdout).toMatch(
      /^ResNet-8: the (gradient|seeds) .*: ratio [\d.]+ \([\d.]+ to [\d.]+ over 2 seeds\)/m,
    );
    expect(result.stdout).toMatch(/^(The gradient (grows|shrinks) more in|The bands overlap)/m);

    const shown = await skiplens(['runs', 'show', 'last'], { cwd });
    expect(shown.stdout).toContain('Each network was trained from 2 seeds');
    const { networks, settings, summaries, comparison } = JSON.parse(
      (await skiplens(['runs', 'show', 'last', '--json'], { cwd })).stdout,
    );
    expect(networks).toEqual(['resnet8', 'plain8']);
    expect(settings.seeds).toBe(2);
    expect(summaries[0].seeds).toEqual([7, 8]);
    const { low, middle, high } = summaries[0].profile.ratio;
    expect(low).toBeLessThan(high);
    expect(middle).toBeCloseTo(Math.sqrt(low * high), 9);
    expect(result.stdout).toContain(comparison);

    await skiplens(['runs', 'export', 'last', '-o', 'out.csv'], { cwd });
    const lines = readFileSync(path.join(cwd, 'out.csv'), 'utf8').split('\r\n');
    expect(lines[0]).toMatch(/^network,seed,step/);
    expect(lines.filter((line) => /^plain8,8,/.test(line))).toHaveLength(3);
  });

  it('goes on behind a resume with the seeds of the record', async () => {
    const cwd = temporaryFolder();
    const first = await skiplens(['train', 'resnet8', ...small, '--steps', '2', '--seeds', '2'], { cwd });
    expect(first.code, first.stderr).toBe(0);
    const more = await skiplens(['train', '--resume', 'last', '--steps', '4'], { cwd });
    expect(more.code, more.stderr).toBe(0);
    expect(more.stderr).toContain('Seeds: 1, 2');
    expect(more.stdout).toContain('over 2 seeds), slope');
    expect(more.stdout).toContain('at step 4');
  });

  it('of probe measure initialisation from each, as one probe for every seed would', async () => {
    const cwd = temporaryFolder();
    const probe = ['probe', 'resnet8', '--option', 'width=4', '--batch-size', '8'];
    const together = JSON.parse((await skiplens([...probe, '--seeds', '2', '--json'], { cwd })).stdout);
    const alone = JSON.parse((await skiplens([...probe, '--seed', '2', '--json'], { cwd })).stdout);
    expect(together.seeds[1]).toEqual({ seed: 2, ...alone });
    const printed = await skiplens([...probe, '--seeds', '2'], { cwd });
    expect(printed.stdout).toMatch(/ratio [\d.]+ \([\d.]+ to [\d.]+ over 2 seeds\), slope .* at step 0\./);
    const refused = await skiplens([...probe, '--weights', 'w', '--batch', 'b', '--seeds', '2'], { cwd });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('nothing is drawn, so every seed measures the same; leave out --seeds.');
  });

  it.each(['0', '17', '1.5', 'three'])('%s is refused with what it takes', async (count) => {
    const result = await skiplens(['train', 'resnet8', '--seeds', count], { cwd: temporaryFolder() });
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain('it takes a whole number from 1 to 16.');
  });
});
