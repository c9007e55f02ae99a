/** A model of a source file as settings name it: `FILE#MODEL`, with the input shape that it is read with. */
import * as vscode from 'vscode';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import type { NetworkSettings } from '../../protocol/settings';
import { mainModel, parseInput } from '../../source';
import type { Host } from '../host';

/** Saves the file first: what is trained and inspected is what lies on disk. */
export async function modelOf(host: Host, uri: unknown, name: unknown): Promise<NetworkSettings> {
  const target = uri instanceof vscode.Uri ? uri : vscode.window.activeTextEditor?.document.uri;
  const document = target && (await vscode.workspace.openTextDocument(target));
  if (document?.isDirty) await document.save();
  const analysis = document && host.sources.analysisOf(document);
  const model = analysis && (analysis.models.find((one) => one.name === name) ?? mainModel(analysis));
  if (!document || !model)
    throw new SkiplensError('source/noModel', t('There is no network in this file to work with.'));
  if (model.inputSource === 'missing') {
    const shape = await vscode.commands.executeCommand('skiplens.setInputShape', document.uri, model.name);
    if (!shape) throw new vscode.CancellationError();
  }
  const given = host.sources.shapeOf(document.uri, model.name);
  const sizes = given === undefined ? undefined : parseInput(given)?.[0]?.map(Number);
  return {
    network: `${document.uri.fsPath}#${model.name}`,
    ...(sizes?.length === 3 ? { input: sizes as [number, number, number] } : {}),
  };
}
