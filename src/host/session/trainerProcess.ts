/**
 * The one trainer process of a window: started at the first request, and again at the next request after it died.
 * It never restarts by itself, so a trainer that dies at its start cannot loop.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { Emitter } from '../../base/emitter';
import { TrainerClient } from '../../protocol/client';
import { chooseNode } from '../../protocol/nodeChoice';
import { markEnded } from '../../runs/listRuns';
import { readSetting, workspaceFolder } from '../places';
import type { TrainerEvent, TrainerPort } from './trainerPort';

export function connectTrainer(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): TrainerPort {
  const events = new Emitter<TrainerEvent>();
  const deaths = new Emitter<Error>();
  let client: Promise<TrainerClient> | undefined;

  async function start(): Promise<TrainerClient> {
    const node = await chooseNode(readSetting('skiplens.nodePath').trim() || undefined);
    const script = path.join(context.extensionPath, 'dist', 'trainer.js');
    // Sentences that the trainer writes are read by people too.
    const bundle = vscode.l10n.uri?.fsPath;
    const tfjs = readSetting('skiplens.tfjsFolder').trim();
    const env: Record<string, string> = {
      ...(bundle ? { SKIPLENS_BUNDLE: bundle } : {}),
      ...(tfjs ? { SKIPLENS_TFJS_FOLDER: tfjs } : {}),
    };
    const markStopped = (folder: string, reason: string, code: string) =>
      markEnded(folder, 'stopped', reason, code);
    const started = new TrainerClient({ script, node, env, cwd: workspaceFolder(), markStopped });
    log.info(`The trainer runs on ${node.command} as process ${started.pid ?? '?'}.`);
    started.onLog((line) => log.info(`trainer: ${line}`));
    started.onEvent((event) => events.fire(event));
    started.onDeath((error) => {
      client = undefined;
      deaths.fire(error);
    });
    return started;
  }

  return {
    async request(method, params) {
      client ??= start();
      let ready: TrainerClient;
      try {
        ready = await client;
      } catch (error) {
        client = undefined;
        throw error;
      }
      return ready.request(method, params);
    },
    onEvent: events.event,
    onDied: deaths.event,
    async dispose() {
      const ending = client;
      client = undefined;
      await (await ending?.catch(() => undefined))?.close();
    },
  };
}
