/** The command line: the editor's jobs without an editor. Exit code 0 only for success. */
import { Command, CommanderError } from 'commander';
import { SkiplensError } from '../base/errors';
import { addBench } from './commands/bench';
import { addData } from './commands/data';
import { addDevices } from './commands/devices';
import { addExport } from './commands/export';
import { addInspect } from './commands/inspect';
import { addProbe } from './commands/probe';
import { addRuns } from './commands/runs';
import { addShapes } from './commands/shapes';
import { addTrain } from './commands/train';

declare const SKIPLENS_VERSION: string;

const program = new Command('skiplens')
  .description('Shows what the skip connections of a network do to its gradients.')
  .version(SKIPLENS_VERSION)
  .showSuggestionAfterError()
  .configureHelp({ sortSubcommands: false });
addTrain(program);
addInspect(program);
addShapes(program);
addProbe(program);
addRuns(program);
addExport(program);
addData(program);
addDevices(program);
addBench(program);

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else if (error instanceof SkiplensError) {
    process.stderr.write(`skiplens: ${error.message}\n`);
    process.exitCode = 1;
  } else {
    process.stderr.write(
      `skiplens: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = 70;
  }
});
