/**
 * The question for data: the built-in set first, then what was used before, then every source, from a folder or,
 * where its publisher offers it, downloaded after asking.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../base/localize';
import { datasets } from '../../datasets';
import { dataHome } from '../../datasets/dataHome';
import { formatDataSpec } from '../../datasets/dataSpec';
import type { DatasetSource } from '../../datasets/dataset';
import { bytesOver, type Download, downloadOf } from '../../datasets/downloads/catalogue';
import { downloadDataset } from '../../datasets/downloads/download';
import type { Host } from '../host';
import { report } from '../report';
import { askStep, type StepItem } from './steps';

/** Specs with folders, newest first. */
const recentData = 'recentData';
const mostRecent = 5;

type Choice =
  | { readonly kind: 'spec'; readonly spec: string }
  | { readonly kind: 'folder'; readonly source: DatasetSource }
  | { readonly kind: 'download'; readonly source: DatasetSource; readonly download: Download };

/** Asks until there is a data spec, the person goes back, or leaves. */
export async function askData(
  host: Host,
  totalSteps: number,
  take: (data: string) => void,
): Promise<'next' | 'back' | undefined> {
  for (;;) {
    const answer = await askStep({
      title: t('Train: Data'),
      step: 3,
      totalSteps,
      placeholder: t('Images to train on'),
      items: dataItems(host),
    });
    if (answer === undefined || answer === 'back') return answer;
    const spec = await specOf(host, answer.value);
    if (spec === undefined) continue;
    take(spec);
    return 'next';
  }
}

async function dataItems(host: Host): Promise<StepItem<Choice>[]> {
  const sources = Object.values<DatasetSource>(datasets);
  const builtIn: StepItem<Choice>[] = [];
  const others: StepItem<Choice>[] = [];
  for (const source of sources) {
    const { id, title, summary, argument } = source;
    const base = { label: title, detail: summary };
    if (argument === 'none') {
      builtIn.push({ ...base, description: id, value: { kind: 'spec', spec: id } });
      continue;
    }
    if (argument === 'optional folder') {
      const download = downloadOf(id);
      if (await exists(path.join(dataHome(), id)))
        others.push({ ...base, description: t('downloaded'), value: { kind: 'spec', spec: id } });
      else if (download)
        others.push({
          ...base,
          description: t('download, {0} MB', megabytes(bytesOver(download))),
          value: { kind: 'download', source, download },
        });
    }
    others.push({ ...base, description: t('from a folder...'), value: { kind: 'folder', source } });
  }
  const recent = host.context.globalState.get<string[]>(recentData, []).map(
    (spec): StepItem<Choice> => ({
      label: spec,
      description: t('used before'),
      value: { kind: 'spec', spec },
    }),
  );
  return [...builtIn, ...recent, ...others];
}

async function specOf(host: Host, choice: Choice): Promise<string | undefined> {
  switch (choice.kind) {
    case 'spec':
      return choice.spec;
    case 'folder': {
      const [folder] =
        (await vscode.window.showOpenDialog({
          canSelectFiles: false,
          canSelectFolders: true,
          title: choice.source.title,
          openLabel: t('Train on This Folder'),
        })) ?? [];
      if (!folder) return undefined;
      const spec = formatDataSpec({ id: choice.source.id, argument: folder.fsPath });
      const recent = host.context.globalState.get<string[]>(recentData, []);
      const next = [spec, ...recent.filter((other) => other !== spec)].slice(0, mostRecent);
      await host.context.globalState.update(recentData, next);
      return spec;
    }
    case 'download':
      try {
        return (await fetchData(choice.download)) ? choice.source.id : undefined;
      } catch (error) {
        await report(host.log, error);
        return undefined;
      }
  }
}

/** Asks, fetches, shows how far it is; answers whether the data is there. */
async function fetchData(download: Download): Promise<boolean> {
  // Asked before anything says that something is going on.
  if (!(await consent(download))) return false;
  const outcome = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: download.title, cancellable: true },
    async (progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      let told = 0;
      return downloadDataset(download, dataHome(), {
        signal: stop.signal,
        consent: () => true,
        onProgress: ({ phase, bytes, totalBytes }) => {
          const share = (100 * bytes) / totalBytes;
          progress.report({
            increment: share - told,
            message:
              phase === 'fetching'
                ? t('{0} of {1} MB', megabytes(bytes), megabytes(totalBytes))
                : t('unpacking'),
          });
          told = share;
        },
      });
    },
  );
  return outcome.outcome === 'ready';
}

async function consent(download: Download): Promise<boolean> {
  const fetch = t('Download');
  const answer = await vscode.window.showInformationMessage(
    t('Download {0}, {1} MB?', download.title, megabytes(bytesOver(download))),
    {
      modal: true,
      detail: t(
        'By {0}. From {1}. It takes {2} MB in {3} and is used by all workspaces.',
        download.publisher,
        new URL(download.files[0].url).host,
        megabytes(download.unpackedBytes),
        path.join(dataHome(), download.id),
      ),
    },
    fetch,
  );
  return answer === fetch;
}

const megabytes = (bytes: number) => Math.max(1, Math.round(bytes / 1e6));

async function exists(folder: string): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(vscode.Uri.file(folder))).type === vscode.FileType.Directory;
  } catch {
    return false;
  }
}
