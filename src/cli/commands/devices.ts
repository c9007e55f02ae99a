/** `skiplens devices`: what can train here, and why the rest cannot. */
import type { Command } from 'commander';
import { t } from '../../base/localize';
import { startTrainer } from '../context';
import { table } from '../format';

export function addDevices(program: Command): void {
  program
    .command('devices')
    .description('list the devices that can train, and why others cannot')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const client = await startTrainer();
      try {
        const { devices } = await client.request('device/list', {});
        if (json) process.stdout.write(`${JSON.stringify(devices)}\n`);
        else {
          const rows = devices.map((d) => [d.id, d.title, d.available ? t('ready') : (d.reason ?? '')]);
          process.stdout.write(`${table([t('device'), t('engine'), t('state')], rows, 3)}\n`);
        }
      } finally {
        await client.close();
      }
    });
}
