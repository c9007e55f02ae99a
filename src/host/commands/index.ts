/** Every command by its id. To add one, write its file and one line here, then run `npm run manifest`. */
import type { Command } from '../command';
import { compareNetworks } from './compareNetworks';
import { compareRuns } from './compareRuns';
import { deleteRun } from './deleteRun';
import { exportRun } from './exportRun';
import { getStarted } from './getStarted';
import { inspectFile } from './inspectFile';
import { inspectModel } from './inspectModel';
import { inspectNetwork } from './inspectNetwork';
import { loadWeights } from './loadWeights';
import { openExample } from './openExample';
import { openRun } from './openRun';
import { pauseRun } from './pauseRun';
import { removeTfjs } from './removeTfjs';
import { resumeRun } from './resumeRun';
import { setInputShape } from './setInputShape';
import { setUpTfjs } from './setUpTfjs';
import { showDevices } from './showDevices';
import { showLog } from './showLog';
import { stopRun } from './stopRun';
import { trainAgain } from './trainAgain';
import { trainFile } from './trainFile';
import { trainModel } from './trainModel';
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
  'skiplens.loadWeights': loadWeights,
  'skiplens.inspectModel': inspectModel,
  'skiplens.trainModel': trainModel,
  'skiplens.setInputShape': setInputShape,
  'skiplens.openRun': openRun,
  'skiplens.deleteRun': deleteRun,
  'skiplens.compareNetworks': compareNetworks,
  'skiplens.compareRuns': compareRuns,
  'skiplens.export': exportRun,
  'skiplens.showDevices': showDevices,
  'skiplens.setUpTfjs': setUpTfjs,
  'skiplens.removeTfjs': removeTfjs,
  'skiplens.openExample': openExample,
  'skiplens.getStarted': getStarted,
  'skiplens.showLog': showLog,
} satisfies Record<string, Command>;

export type CommandId = keyof typeof commands;
