/** What is wrong with a `*.skiplens.json` file is said once, at its place; what is right becomes run settings. */
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkSettings } from '../../src/host/settingsFile/checkSettings';
import { formatSettings } from '../../src/host/settingsFile/formatSettings';
import { readSettings } from '../../src/protocol/settings';

/** `[code, the text that is marked]` of every problem. */
function marks(text: string): [string, string][] {
  return checkSettings(text).problems.map(({ code, offset, length }) => [
    code,
    text.slice(offset, offset + length),
  ]);
}

const good = '{"networks":[{"network":"resnet20"},{"network":"plain20"}],"data":"drawn","steps":20}';

describe('settings files', () => {
  test('what is not said takes its default', () => {
    const { settings, problems } = checkSettings(good);
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      networks: [{ network: 'resnet20' }, { network: 'plain20' }],
      data: 'drawn',
      device: 'auto',
      steps: 20,
      batchSize: 64,
    });
  });

  test.each([
    ['{"networks":[{"network":"resnet21"}],"data":"drawn"}', 'network/depth', '"resnet21"'],
    ['{"networks":[{"network":"nonet"}],"data":"drawn"}', 'network/unknown', '"nonet"'],
    ['{"networks":[{"network":"resnet20"}],"data":"moon"}', 'data/unknown', '"moon"'],
    ['{"networks":[{"network":"resnet20"}],"data":"folder"}', 'data/needsFolder', '"folder"'],
    ['{"networks":[{"network":"resnet20"}],"data":"drawn","steps":0}', 'option/value', '0'],
    ['{"networks":[{"network":"resnet20"}],"data":"drawn","stepz":5}', 'settings/unknown', '"stepz"'],
    ['{"networks":[{"network":"resnet20","options":{"width":-3}}],"data":"drawn"}', 'option/value', '-3'],
    ['{"networks":[{"network":"resnet20","options":{"wide":3}}],"data":"drawn"}', 'option/unknown', '"wide"'],
    [
      '{"networks":[{"network":"resnet20"}],"data":"drawn","optimizerOptions":{"momentum":7}}',
      'option/value',
      '7',
    ],
    [
      '{"networks":[{"network":"resnet20"}],"data":"drawn","dataOptions":{"cut":true}}',
      'option/unknown',
      'true',
    ],
    ['{"networks":[],"data":"drawn"}', 'settings/missing', '[]'],
    ['{"data":"drawn"}', 'settings/missing', '{'],
    ['{"networks":[{"network":"resnet20"}]}', 'settings/missing', '{'],
    ['[]', 'settings/shape', '[]'],
    ['{"networks":[{"network":"resnet20","input":[3,32]}],"data":"drawn"}', 'settings/shape', '[3,32]'],
  ])('%s: %s at %s', (text, code, mark) => {
    expect(marks(text)).toEqual([[code, mark]]);
    expect(checkSettings(text).settings).toBeUndefined();
  });

  test('broken JSON is marked where it breaks, and nothing else is guessed', () => {
    const found = marks('{"networks":[{"network":"resnet21"}] "data":"drawn"}');
    expect(found.map(([code]) => code)).toEqual(['syntax']);
    expect(found[0][1]).toBe('"data"');
  });

  test('a network may be its name alone', () => {
    const { settings, problems } = checkSettings('{"networks":["resnet20","plain20"],"data":"drawn"}');
    expect(problems).toEqual([]);
    expect(settings?.networks).toEqual([{ network: 'resnet20' }, { network: 'plain20' }]);
    expect(marks('{"networks":["resnet21"],"data":"drawn"}')).toEqual([['network/depth', '"resnet21"']]);
    expect(marks('{"networks":[5],"data":"drawn"}')).toEqual([['settings/missing', '5']]);
  });

  test('a model of a source file is found from the folder of the settings', () => {
    const text =
      '{"networks":[{"network":"residual.py#SmallResNet"},{"network":"residual.py#SmallResNet","plain":true}],"data":"drawn"}';
    const { settings, problems } = checkSettings(text, path.resolve('test/fixtures/workspace'));
    expect(problems).toEqual([]);
    const network = `${path.resolve('test/fixtures/workspace/residual.py')}#SmallResNet`;
    expect(settings?.networks).toEqual([{ network }, { network, plain: true }]);
    expect(marks(text.replaceAll('SmallResNet', 'Absent')).map(([code]) => code)).toContain('source/missing');
  });

  test('settings that were written are read again as they were', () => {
    const settings = {
      ...readSettings({ steps: 321, seed: 7, schedule: 'step' }),
      networks: [{ network: 'resnet20', options: { width: 8 } }, { network: 'plain20' }],
      data: 'drawn',
      device: 'cpu',
      optimizerOptions: { momentum: 0.5 },
    };
    expect(checkSettings(formatSettings(settings)).settings).toEqual(settings);
  });
});
