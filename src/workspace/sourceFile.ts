/** Source files for the analyser: read here, because the room `source` touches no disk. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { SkiplensError, systemCode } from '../base/errors';
import { t } from '../base/localize';
import type { Language } from '../source';

const languages: Readonly<Record<string, Language>> = {
  '.py': 'python',
  '.ts': 'javascript',
  '.tsx': 'javascript',
  '.mts': 'javascript',
  '.js': 'javascript',
  '.jsx': 'javascript',
  '.mjs': 'javascript',
};

/** Whether a name ends like a file that is read as source. */
export function isSourceFile(name: string): boolean {
  return path.extname(name).toLowerCase() in languages;
}

export function languageOf(file: string): Language {
  const language = languages[path.extname(file).toLowerCase()];
  if (!language)
    throw new SkiplensError(
      'source/language',
      t(
        '{0} is neither Python nor JavaScript or TypeScript; known endings are {1}.',
        file,
        Object.keys(languages).join(', '),
      ),
    );
  return language;
}

export function readSource(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = systemCode(error) === 'ENOENT' ? t('it does not exist') : String((error as Error).message);
    throw new SkiplensError('source/missing', t('The file {0} cannot be read: {1}.', file, reason));
  }
}

/** Milliseconds of processor time for one analysis: the file that needs more is nobody's network. */
const PATIENCE = 400;

/** A clock that starts now, for `limits.isLate`. It counts this process' own time: a busy machine shortens nothing. */
export function patience(milliseconds = PATIENCE): (part?: number) => boolean {
  const before = process.cpuUsage();
  return (part = 1) => {
    const { user, system } = process.cpuUsage(before);
    return user + system > milliseconds * 1000 * part;
  };
}

/** What imports in `file` may look at: files beside and below its folder, up to a megabyte each. */
export function readerBeside(file: string): (other: string) => string | undefined {
  const root = path.dirname(path.resolve(file));
  return (other) => {
    const target = path.resolve(root, other);
    try {
      return statSync(target).size <= 1_000_000 ? readFileSync(target, 'utf8') : undefined;
    } catch {
      return undefined;
    }
  };
}
