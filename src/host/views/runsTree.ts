/** The side bar's list of runs: state, networks, data, device, step. An empty list shows the welcome buttons. */
import * as vscode from 'vscode';
import { t } from '../../base/localize';
import type { Host } from '../host';
import type { RunRow } from './runLibrary';
import { statusIcons, statusWord, stepWords } from './words';

export class RunsTree implements vscode.TreeDataProvider<RunRow> {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private host: Host | undefined;

  /** The host is made when the view is first looked at. */
  constructor(private readonly load: () => Promise<Host>) {}

  async getChildren(row?: RunRow): Promise<RunRow[]> {
    if (row) return [];
    if (!this.host) {
      this.host = await this.load();
      this.host.library.onChanged.event(() => this.changed.fire());
    }
    return this.host.library.rows();
  }

  getTreeItem(row: RunRow): vscode.TreeItem {
    const item = new vscode.TreeItem(row.title);
    item.id = row.id;
    const { data, device } = placesOf(row);
    const word = statusWord(row.status);
    item.description = [stepWords(row), data, device].filter(Boolean).join(' · ');
    const [icon, spin] = statusIcons[row.status].split('~');
    item.iconPath = new vscode.ThemeIcon(spin ? `${icon}~${spin}` : icon);
    item.tooltip = tooltipOf(row, word);
    item.accessibilityInformation = { label: `${row.title}, ${item.description}` };
    // Menus ask for these words.
    const traits = [row.status];
    if (row.live) traits.push('active' as never);
    if (isResumable(row)) traits.push('resumable' as never);
    if (row.folder && row.status !== 'unreadable') traits.push('recorded' as never);
    item.contextValue = `run ${traits.join(' ')}`;
    if (row.folder || row.live)
      item.command = { command: 'skiplens.openRun', title: t('Open Run...'), arguments: [row] };
    return item;
  }
}

/** Ended before its last step; whether there is a checkpoint shows when it is tried. */
export function isResumable(row: RunRow): boolean {
  if (row.status === 'paused') return true;
  return !row.live && ['stopped', 'interrupted', 'crashed'].includes(row.status);
}

function placesOf(row: RunRow): { data: string; device: string } {
  if (row.recorded?.readable) {
    const { data, device } = row.recorded.description;
    return { data: typeof data.id === 'string' ? data.id : '', device };
  }
  return { data: row.live?.settings.data ?? '', device: row.live?.settings.device ?? '' };
}

function tooltipOf(row: RunRow, word: string): string {
  const lines = [row.title, row.id, word];
  if (row.live?.behind) lines.push(t('Waiting for {0}.', row.live.behind));
  if (row.recorded && !row.recorded.readable) lines.push(row.recorded.reason);
  else if (row.recorded?.report.reason) lines.push(row.recorded.report.reason);
  return lines.join('\n');
}
