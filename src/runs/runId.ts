/** Run ids: `2026-11-22-071500-resnet20-a1b2`, sortable by time (UTC), readable, unlikely to meet twice. */
import { randomBytes } from 'node:crypto';

/** `slug` is cut to letters, digits and dashes; `now` in milliseconds since 1970. */
export function newRunId(now: number, slug: string): string {
  const stamp = new Date(now).toISOString().replace(/\..*$/, '').replace('T', '-').replaceAll(':', '');
  const readable =
    slug
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 40)
      .replace(/^-+|-+$/g, '') || 'run';
  return `${stamp}-${readable}-${randomBytes(2).toString('hex')}`;
}
