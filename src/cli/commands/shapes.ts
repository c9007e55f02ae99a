/** `skiplens shapes`: the networks in a source file, with the shapes at every line, without running it. */
import type { Command } from 'commander';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import { analyze, parseInput, selectModels, shapesReport, shapesTable } from '../../source';
import { languageOf, patience, readerBeside, readSource } from '../../workspace/sourceFile';

/** Milliseconds of processor time; more than in the editor, where somebody is typing and the reader is warm. */
const MOST_PATIENCE = 2000;

interface ShapesFlags {
  input?: string;
  model?: string;
  json?: boolean;
}

export function addShapes(program: Command): void {
  program
    .command('shapes <file>')
    .description(
      'read the networks in a Python, JavaScript or TypeScript file: shapes, parameters and problems, line by line',
    )
    .option(
      '--input <shape>',
      "input shape without the batch, in the framework's order, for instance 3x224x224",
    )
    .option('--model <name>', 'only this model')
    .option('--json', 'print one JSON object')
    .action((file: string, { input, model, json }: ShapesFlags) => {
      if (input !== undefined && !parseInput(input))
        throw new SkiplensError(
          'cli/input',
          t('--input takes sizes with an x between them, for instance 3x224x224, not "{0}".', input),
        );
      const analysis = analyze(readSource(file), {
        file,
        language: languageOf(file),
        input,
        model,
        readFile: readerBeside(file),
        limits: { isLate: patience(MOST_PATIENCE) },
      });
      if (model !== undefined && selectModels(analysis, model).length === 0) {
        const known = analysis.models.map((m) => m.name).join(', ');
        throw new SkiplensError(
          'source/noModel',
          known
            ? t('{0} has no model called "{1}"; it has {2}.', file, model, known)
            : t('No model was found in {0}.', file),
        );
      }
      const report = json ? JSON.stringify(shapesReport(analysis, model)) : shapesTable(analysis, model);
      process.stdout.write(`${report}\n`);
    });
}
