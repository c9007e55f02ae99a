/** What `--help` says of things that are easily misread. */
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addRuns } from '../../src/cli/commands/runs';
import { addShapes } from '../../src/cli/commands/shapes';
import { addTrainingFlags } from '../../src/cli/trainingFlags';
import { settingSpecs } from '../../src/protocol/settings';

const helpOf = (add: (command: Command) => void, ...path: string[]): string => {
  const program = new Command();
  add(program);
  const command = path.reduce((c, name) => c.commands.find((sub) => sub.name() === name)!, program);
  return command.helpInformation().replace(/\s+/g, ' ');
};

describe('--help', () => {
  const train = helpOf((command) => addTrainingFlags(command));

  it('of a flag that turns something off says what is then done', () => {
    expect(train).toContain('--no-augment Train on the images as they are');
    const summaries = Object.values(settingSpecs).filter((spec) => spec.kind === 'flag' && spec.default);
    for (const { summary } of summaries) expect(train).not.toContain(summary);
  });

  it('of the checkpoints tells that the clock saves too', () => {
    expect(train).toMatch(/--checkpoint-every <value> Steps between checkpoints\. The clock saves as well/);
  });

  it.each([[], ['list'], ['show'], ['delete'], ['export']])(
    'of runs %s says where they are kept',
    (...path) => {
      expect(helpOf(addRuns, 'runs', ...path)).toContain('(default: .skiplens/runs)');
    },
  );

  it('of shapes names every language that is read', () => {
    expect(helpOf(addShapes, 'shapes')).toContain('Python, JavaScript or TypeScript');
  });
});
