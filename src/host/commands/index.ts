/** Every command by its id. To add one, write its file and one line here, then run `npm run manifest`. */
import type { Command } from '../command';
import { compareRuns } from './compareRuns';
import { deleteRun } from './deleteRun';
import { exportRun } from './exportRun';
import { inspectFile } from './inspectFile';
import { inspectNetwork } from './inspectNetwork';
import { openRun } from './openRun';
import { pauseRun } from './pauseRun';
import { resumeRun } from './resumeRun';
import { showDevices } from './showDevices';
import { showLog } from './showLog';
import { stopRun } from './stopRun';
import { trainAgain } from './trainAgain';
import { trainFile } from './trainFile';
import { trainNetwork } from './trainNetwork';

export const commands = {
  'skiplens.train': trainNetwork,
  'skiplens.trainAgain': trainAgain,
  'skiplens.trainFile': trainFile,
  'skiplens.pause': pauseRun,
  'skiplens.resume': resumeRun,
  'skiplens.stop': stopRun,
  'skiplens.inspect': inspectNetwork,
  'skiplens.inspectFile': inspectFile,
  'skiplens.openRun': openRun,
  'skiplens.deleteRun': deleteRun,
  'skiplens.compareRuns': compareRuns,
  'skiplens.export': exportRun,
  'skiplens.showDevices': showDevices,
  'skiplens.showLog': showLog,
} satisfies Record<string, Command>;

export type CommandId = keyof typeof commands;
