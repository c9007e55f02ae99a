/** What a report from the editor carries is what one from the command line does, and a fault leaves out its own part. */
import { expect, it } from 'vitest';
import { readDataCard } from '../../src/datasets/dataCard';
import { Sheets } from '../../src/host/panels/sheets';
import type { Gathered } from '../../src/host/panels/snapshot';
import type { Session } from '../../src/host/session/session';
import { findNetwork } from '../../src/networks';
import { describeNetwork } from '../../src/networks/describe';
import type { DataCardRequest } from '../../src/protocol/dataCard';
import { readSettings } from '../../src/protocol/settings';
import { reportSheets } from '../../src/workspace/reportSheets';

const networks = [{ network: 'resnet8' }];
const descriptions = [describeNetwork(findNetwork('resnet8'))];
const settings = {
  ...readSettings({}),
  networks,
  data: 'drawn',
  dataOptions: { subset: 100 },
  device: 'cpu',
};

it('the data card of a report is as large from the editor as from the command line', async () => {
  const asked: string[] = [];
  const session = {
    async ask(method: string, request: DataCardRequest) {
      asked.push(method);
      return { card: await readDataCard(request) };
    },
  } as unknown as Session;
  const gathered = { networks, settings, snapshot: { networks: descriptions } } as unknown as Gathered;
  const fromEditor = await new Sheets(session).forReport(gathered);
  const fromCommandLine = await reportSheets(networks, descriptions, settings, (request) =>
    readDataCard(request),
  );
  expect(fromEditor).toEqual(fromCommandLine);
  expect(fromEditor.card?.samples.columns).toBe(6);
  expect(fromEditor.figures?.networks).toHaveLength(1);
  expect(asked).toEqual(['data/card']);
});

it('data that has moved leaves out the card alone', async () => {
  const moved = { ...settings, data: 'mnist:nowhere' };
  const sheets = await reportSheets(networks, descriptions, moved, (request) => readDataCard(request));
  expect(Object.keys(sheets)).toEqual(['figures']);
  const edited = [{ network: 'gone.py#Model' }];
  const others = await reportSheets(edited, descriptions, settings, (request) => readDataCard(request));
  expect(Object.keys(others)).toEqual(['card']);
});
