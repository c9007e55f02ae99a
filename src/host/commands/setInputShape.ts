/** Asks for the input shape of a model in a source file and remembers it; the file is not changed. */
import * as vscode from 'vscode';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import { mainModel, parseInput } from '../../source';
import type { Command } from '../command';

export const setInputShape: Command = {
  title: 'Set Input Shape...',
  icon: '$(symbol-array)',
  menus: [{ menu: 'commandPalette', when: 'editorLangId =~ /^(python|javascript|typescript)/' }],
  async run(host, uri, name) {
    const target = uri instanceof vscode.Uri ? uri : vscode.window.activeTextEditor?.document.uri;
    const document = target && (await vscode.workspace.openTextDocument(target));
    const analysis = document && host.sources.analysisOf(document);
    const model = analysis && (analysis.models.find((one) => one.name === name) ?? mainModel(analysis));
    if (!document || !model)
      throw new SkiplensError('source/noModel', t('There is no network in this file to set a shape for.'));
    const isPyTorch = model.framework === 'pytorch';
    const shape = await vscode.window.showInputBox({
      title: t('Input Shape of {0}', model.name),
      prompt: isPyTorch
        ? t('Channels, height, width without the batch, as in 3x224x224')
        : t('Height, width, channels without the batch, as in 224x224x3'),
      value: host.sources.shapeOf(document.uri, model.name) ?? (isPyTorch ? '3x32x32' : '32x32x3'),
      ignoreFocusOut: true,
      validateInput: (text) =>
        parseInput(text) ? undefined : t('Write sizes with x between them, as in 3x224x224.'),
    });
    if (shape) await host.sources.giveShape(document.uri, model.name, shape);
    return shape;
  },
};
