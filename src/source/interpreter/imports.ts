/** Imports: frameworks by their recipes, files of the workspace through the reader that was passed in. */
import { t } from '../../base/localize';
import { lowerDocument, parseDocument, type SourceDocument } from '../reading/document';
import type { Language, Stmt } from '../reading/form';
import { canonicalModule, librarySource } from '../recipes/frameworks';
import { torchvisionInternal } from '../recipes/torchvisionInternals';
import { type ModuleValue, unknown, type Value } from '../values/values';
import { getAttribute } from './attributes';
import { Environment } from './environment';
import { type Machine, type Scope, siteOf } from './machine';
import { execute } from './statements';

type ImportStmt = Extract<Stmt, { kind: 'import' }>;
type ImportFromStmt = Extract<Stmt, { kind: 'importFrom' }>;

export function importModule(machine: Machine, stmt: ImportStmt, scope: Scope): void {
  if (stmt.as) {
    machine.journal.setName(
      scope.environment.home.names,
      stmt.as,
      moduleNamed(machine, stmt.module, 0, scope),
    );
    return;
  }
  // `import a.b` binds `a`.
  const head = stmt.module.split('.')[0];
  machine.journal.setName(scope.environment.home.names, head, moduleNamed(machine, head, 0, scope));
}

export function importNames(machine: Machine, stmt: ImportFromStmt, scope: Scope): void {
  const home = scope.environment.home.names;
  const module = moduleNamed(machine, stmt.module, stmt.level, scope);
  for (const { name, as, start, end } of stmt.names) {
    const site = siteOf(scope, { start, end });
    if (name === '*') {
      if (module.kind === 'module' && module.environment)
        for (const [key, value] of module.environment.names) machine.journal.setName(home, key, value);
      continue;
    }
    let value: Value = module.kind === 'module' ? getAttribute(machine, module, name, site, scope) : module;
    if (module.kind === 'unknown') value = torchvisionInternal(stmt.module, name) ?? value;
    // `from . import resnet` names a file.
    if (value.kind === 'unknown') {
      const dotted = stmt.module ? `${stmt.module}.${name}` : name;
      const inner = scope.language === 'python' ? moduleNamed(machine, dotted, stmt.level, scope) : value;
      if (inner.kind === 'module') value = inner;
      else if (name === 'default' && module.kind === 'module') value = module;
    }
    machine.journal.setName(home, as, value);
  }
}

/** The module of that name: a framework's, a file's, or unknown with the reason. */
export function moduleNamed(machine: Machine, name: string, level: number, scope: Scope): Value {
  if (level === 0) {
    const canonical = canonicalModule(name);
    if (canonical !== undefined) {
      const source = librarySource(canonical);
      return source === undefined
        ? { kind: 'module', name: canonical }
        : fileModule(machine, `<${canonical}>`, source, 'python');
    }
  }
  for (const path of candidates(name, level, scope)) {
    machine.memory?.looksElsewhere();
    const known = machine.files.get(path);
    if (known) return known.module;
    const text = machine.readFile(path);
    if (text !== undefined && text.length <= 1_000_000)
      return fileModule(machine, path, text, path.endsWith('.py') ? 'python' : 'javascript');
  }
  return unknown(t('The module {0} is not in the recipes or among the files that can be read.', name || '.'));
}

function fileModule(machine: Machine, path: string, text: string, language: Language): Value {
  machine.memory?.looksElsewhere();
  const known = machine.files.get(path);
  if (known) return known.module;
  // Imports of imports could be a whole library; what does not fit is unknown, not an end of the analysis.
  machine.importedSize += text.length;
  if (machine.files.size > 24 || machine.importedSize > 300_000)
    return unknown(t('The file imports more than is followed.'));
  const environment = new Environment(undefined, 'module');
  const module: ModuleValue = { kind: 'module', name: path, environment };
  const program = lowerDocument(documentOf(path, language, text));
  machine.files.set(path, { program, text, module });
  environment.names.set('__name__', { kind: 'string', value: path });
  machine.tick(text.length >> 6);
  machine.stack.push({ ...machine.at });
  execute(machine, program.body, { environment, file: path, language });
  machine.stack.pop();
  return module;
}

/** Files that are imported again at every keystroke elsewhere, read once for as long as they stay the same. */
const documents = new Map<string, SourceDocument>();
const MOST_DOCUMENTS = 40;

function documentOf(path: string, language: Language, text: string): SourceDocument {
  const read = parseDocument(path, language, text, documents.get(path));
  documents.delete(path);
  documents.set(path, read);
  for (const oldest of documents.keys()) {
    if (documents.size <= MOST_DOCUMENTS) break;
    documents.delete(oldest);
  }
  return read;
}

/** Paths to try, relative to the importing file, nearest first. */
function candidates(name: string, level: number, scope: Scope): string[] {
  const folders = scope.file.split('/').slice(0, -1);
  if (scope.language === 'javascript') {
    if (!name.startsWith('.')) return [];
    const path = resolve([...folders, ...name.split('/')]);
    return /\.(ts|js|mjs|tsx|jsx)$/.test(path)
      ? [path, path.replace(/\.js$/, '.ts')]
      : ['.ts', '.js', '.mjs', '.tsx', '.jsx', '/index.ts', '/index.js'].map((ending) => path + ending);
  }
  const parts = name ? name.split('.') : [];
  const paths: string[] = [];
  const starts = level > 0 ? [folders.slice(0, folders.length - (level - 1))] : ancestors(folders);
  for (const start of starts) {
    const path = [...start, ...parts].join('/');
    paths.push(`${path}.py`, `${path}/__init__.py`);
  }
  return paths;
}

function ancestors(folders: readonly string[]): string[][] {
  const list: string[][] = [];
  for (let n = folders.length; n >= 0 && list.length < 4; n--) list.push(folders.slice(0, n));
  return list;
}

function resolve(parts: readonly string[]): string {
  const result: string[] = [];
  for (const part of parts) {
    if (part === '.') continue;
    if (part === '..') result.pop();
    else result.push(part);
  }
  return result.join('/');
}
