/** Which engine runs: the device that was asked for, or the best there is. Nothing is ever replaced in silence. */
import os from 'node:os';
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { engines } from '../engines';
import type { Device, Engine } from '../engines/engine';
import type { Placement } from './trainedNetwork';

/** Devices of all engines that people train on; the float64 reference is there for those who name it. */
export async function listDevices(): Promise<Device[]> {
  const lists = await Promise.all(Object.values<Engine>(engines).map((engine) => engine.probe()));
  return lists.flat();
}

export interface Placed extends Placement {
  readonly title: string;
}

export async function place(device: string, threads: number): Promise<Placed> {
  const known: Device[] = [];
  for (const engine of Object.values<Engine>(engines)) {
    const devices = await engine.probe();
    known.push(...devices);
    const found = devices.find((d) => (device === 'auto' ? d.available : d.id === device));
    if (!found) continue;
    if (!found.available)
      throw new SkiplensError(
        'device/unavailable',
        t('The device {0} cannot be used: {1}', found.id, found.reason ?? t('no reason is known.')),
      );
    return { engine, device: found.id, title: found.title, threads: threads || defaultThreads() };
  }
  if (device === 'auto') {
    const reasons = known.map((d) => d.reason ?? '').join(' ');
    throw new SkiplensError('device/none', t('No device can be used: {0}', reasons));
  }
  throw new SkiplensError(
    'device/unknown',
    t('There is no device called "{0}". Known devices: {1}.', device, known.map((d) => d.id).join(', ')),
  );
}

/** All cores but one: training runs beside a person's work. */
export function defaultThreads(): number {
  return Math.max(1, os.availableParallelism() - 1);
}
