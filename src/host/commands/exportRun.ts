/** Export...: a picture, a table, a report, the settings or the run itself, from the inspector or from a record. */
import * as vscode from 'vscode';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import { readRecorded } from '../../workspace/recordedRun';
import { type Command, folderGiven } from '../command';
import type { ExportFormat } from '../panels/exports';
import { exportModel, type ModelFormat } from '../panels/modelExports';
import { pickRun } from '../pick/pickRun';
import { openSettingsDraft } from '../settingsFile/openDraft';

type Format = 'svg' | 'png' | 'settings' | ExportFormat | ModelFormat;

const modelFormats: readonly ModelFormat[] = ['weights', 'onnx', 'tfjs', 'tensorboard'];
const isModelFormat = (format: Format): format is ModelFormat =>
  (modelFormats as readonly Format[]).includes(format);

export const exportRun: Command = {
  title: 'Export...',
  icon: '$(export)',
  menus: [
    { menu: 'editor/title', when: 'activeWebviewPanelId == skiplens.inspector', group: 'navigation' },
    { menu: 'view/item/context', when: 'view == skiplens.runs && viewItem =~ /recorded/', group: '2_export' },
  ],
  async run(host, ...given) {
    const wanted = folderGiven(given);
    const panel = wanted ? host.panels.ofRun(wanted) : host.panels.active;
    const folder =
      wanted ??
      panel?.folder ??
      (panel
        ? undefined
        : await pickRun(host, { title: t('Export'), placeholder: t('Which run is to be exported?') }));
    if (!panel && !folder) return undefined;
    const format = await askFormat(panel !== undefined, folder !== undefined);
    if (!format) return undefined;
    if (format === 'svg' || format === 'png') return panel?.wantPicture(format);
    if (format === 'settings') return openSettingsDraft(host, (await readRecorded(folder!)).settings);
    if (isModelFormat(format)) return exportModel(host.session, format, folder!);
    const from = panel ?? (folder ? await host.panels.showRuns([folder]) : undefined);
    if (!from)
      throw new SkiplensError('run/none', t('Nothing is recorded here yet; there is no run to export.'));
    return from.export(format);
  },
};

async function askFormat(hasPicture: boolean, hasRun: boolean): Promise<Format | undefined> {
  const items: (vscode.QuickPickItem & { format: Format })[] = [];
  const offer = (format: Format, label: string, detail: string) => items.push({ format, label, detail });
  offer('html', t('Report (HTML)'), t('One file with the whole inspector, for any browser.'));
  if (hasRun) offer('csv', t('Table (CSV)'), t('Every step and every measured number.'));
  if (hasPicture) {
    offer('svg', t('Picture (SVG)'), t('As the inspector shows it now, to any size.'));
    offer('png', t('Picture (PNG)'), t('As the inspector shows it now, in pixels.'));
  }
  if (hasRun) {
    offer('settings', t('Settings (*.skiplens.json)'), t('The same file trains the same run again.'));
    offer('weights', t('Weights (safetensors)'), t('Those of the newest checkpoint, one file a network.'));
    offer('onnx', t('Networks (ONNX)'), t('For inference, with the weights of the newest checkpoint.'));
    offer(
      'tfjs',
      t('Networks (TensorFlow.js)'),
      t('For inference, with the weights of the newest checkpoint.'),
    );
    offer('tensorboard', t('Curves (TensorBoard)'), t('Event files of every recorded number.'));
    offer('run', t('The Run Itself'), t('A copy of its folder, with checkpoints.'));
  }
  const pick = await vscode.window.showQuickPick(items, { title: t('Export'), placeHolder: t('As what?') });
  return pick?.format;
}
