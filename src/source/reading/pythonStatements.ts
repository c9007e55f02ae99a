/** Python statements, from Lezer's tree to the common form. */
import type { SyntaxNode } from '@lezer/common';
import type { Expr, FunctionForm, Stmt } from './form';
import { bad, childrenOf, DEEPEST, endOf, isBinary, isNoField, spanOf } from './nodes';
import { PythonExpressions } from './python';

export class PythonStatements extends PythonExpressions {
  private blockDepth = 0;
  private yields = 0;

  statements(nodes: readonly SyntaxNode[]): Stmt[] {
    const list: Stmt[] = [];
    if (this.blockDepth > DEEPEST / 4) return list;
    this.blockDepth++;
    for (const node of nodes) {
      if (node.name === 'StatementGroup') {
        const inner = childrenOf(node).filter((child) => child.name !== ';');
        for (const child of inner) this.add(list, child);
      } else this.add(list, node);
    }
    this.blockDepth--;
    return list;
  }

  private add(list: Stmt[], node: SyntaxNode): void {
    const statement = this.statement(node, []);
    if (statement) list.push(statement);
  }

  private body(node: SyntaxNode | undefined): Stmt[] {
    return node ? this.statements(childrenOf(node).filter((child) => child.name !== ':')) : [];
  }

  private statement(node: SyntaxNode, decorators: readonly Expr[]): Stmt | undefined {
    const span = spanOf(node);
    const children = childrenOf(node);
    switch (node.name) {
      case 'ExpressionStatement': {
        const value = this.listed(children);
        if (value?.kind === 'yield') this.yields++;
        return value && { kind: 'expression', value, ...span };
      }
      case 'YieldStatement':
        this.yields++;
        return { kind: 'expression', value: this.yielded(node), ...span };
      case 'AssignStatement':
        return this.assign(node);
      case 'UpdateStatement': {
        const [target, operator, ...value] = children;
        const sign = operator ? this.of(operator).slice(0, -1) : '';
        if (!target || !isBinary(sign)) return { kind: 'bad', ...span };
        const added = this.listed(value) ?? bad(node);
        return { kind: 'augment', target: this.expression(target), operator: sign, value: added, ...span };
      }
      case 'DecoratedStatement': {
        const found = children
          .filter((child) => child.name === 'Decorator')
          .map((child) => this.decorator(child))
          .filter((d) => d !== undefined);
        const inner = children[children.length - 1];
        return inner && inner.name !== 'Decorator' ? this.statement(inner, found) : undefined;
      }
      case 'FunctionDefinition':
        return this.functionForm(node, decorators);
      case 'ClassDefinition': {
        const name = children.find((child) => child.name === 'VariableName');
        const list = children.find((child) => child.name === 'ArgList');
        const nameSpan = spanOf(name ?? node);
        const body = this.body(children.find((child) => child.name === 'Body'));
        return {
          kind: 'class',
          name: name ? this.of(name) : '',
          nameSpan,
          bases: list ? this.args(list) : [],
          body,
          decorators,
          start: node.from,
          end: endOf(nameSpan.end, body),
        };
      }
      case 'IfStatement':
        return this.ifStatement(node, children);
      case 'ForStatement': {
        const rest = children.filter((child) => child.name !== 'async');
        const inAt = rest.findIndex((child) => child.name === 'in');
        const bodyAt = rest.findIndex((child) => child.name === 'Body');
        const elseAt = rest.findIndex((child) => child.name === 'else');
        const target = inAt > 1 ? this.listed(rest.slice(1, inAt)) : undefined;
        const iterable =
          inAt > 0 ? this.listed(rest.slice(inAt + 1, bodyAt < 0 ? undefined : bodyAt)) : undefined;
        if (!target || !iterable) return { kind: 'bad', ...span };
        const body = this.body(rest[bodyAt]);
        const otherwise = elseAt > 0 ? this.body(rest[elseAt + 1]) : [];
        return {
          kind: 'for',
          target,
          iterable,
          body,
          else: otherwise,
          declaration: 'function',
          overKeys: false,
          start: node.from,
          end: endOf(iterable.end, body, otherwise),
        };
      }
      case 'WhileStatement': {
        const elseAt = children.findIndex((child) => child.name === 'else');
        const test = children[1] && children[1].name !== 'Body' ? this.expression(children[1]) : bad(node);
        const body = this.body(children.find((child) => child.name === 'Body'));
        const otherwise = elseAt > 0 ? this.body(children[elseAt + 1]) : [];
        return {
          kind: 'while',
          init: [],
          test,
          body,
          else: otherwise,
          isPostTest: false,
          start: node.from,
          end: endOf(test.end, body, otherwise),
        };
      }
      case 'ReturnStatement':
        return { kind: 'return', value: this.listed(children.slice(1)), ...span };
      case 'BreakStatement':
        return { kind: 'break', ...span };
      case 'ContinueStatement':
        return { kind: 'continue', ...span };
      case 'PassStatement':
        return { kind: 'pass', ...span };
      case 'RaiseStatement':
        return { kind: 'raise', value: children[1] ? this.expression(children[1]) : undefined, ...span };
      case 'AssertStatement':
        return { kind: 'assert', test: children[1] ? this.expression(children[1]) : bad(node), ...span };
      case 'DeleteStatement':
        return { kind: 'delete', targets: this.items(children.slice(1)), ...span };
      case 'ScopeStatement':
        return {
          kind: 'scope',
          names: children.filter((child) => child.name === 'VariableName').map((child) => this.of(child)),
          ...span,
        };
      case 'TryStatement':
        return this.tryStatement(node, children);
      case 'WithStatement':
        return this.withStatement(node, children);
      case 'ImportStatement':
        return this.importStatement(node, children);
      case 'MatchStatement':
        return { kind: 'bad', ...span };
      default:
        return node.type.isError ? undefined : { kind: 'bad', ...span };
    }
  }

  private assign(node: SyntaxNode): Stmt | undefined {
    const groups: SyntaxNode[][] = [[]];
    let isAnnotated = false;
    for (const child of childrenOf(node)) {
      if (child.name === 'AssignOp') groups.push([]);
      else if (child.name === 'TypeDef') isAnnotated = !isNoField(this.of(child));
      else groups[groups.length - 1].push(child);
    }
    if (groups.length < 2) {
      const target = this.listed(groups[0]);
      return {
        kind: 'field',
        name: target?.kind === 'name' && isAnnotated ? target.name : '',
        ...spanOf(node),
      };
    }
    const parts = groups.map((group) => this.listed(group) ?? bad(node));
    const value = parts.pop() ?? bad(node);
    if (value.kind === 'yield') this.yields++;
    const form = { kind: 'assign' as const, targets: parts, value, declaration: 'function' as const };
    return isAnnotated ? { ...form, isAnnotated, ...spanOf(node) } : { ...form, ...spanOf(node) };
  }

  private decorator(node: SyntaxNode): Expr | undefined {
    let result: Expr | undefined;
    for (const child of childrenOf(node)) {
      const span = { start: result?.start ?? child.from, end: child.to };
      if (child.name === 'VariableName') {
        const name = this.of(child);
        result = result
          ? { kind: 'attribute', object: result, name, nameSpan: spanOf(child), ...span }
          : { kind: 'name', name, ...span };
      } else if (child.name === 'ArgList' && result) {
        result = { kind: 'call', callee: result, args: this.args(child), isNew: false, ...span };
      }
    }
    return result;
  }

  private functionForm(node: SyntaxNode, decorators: readonly Expr[]): FunctionForm {
    const children = childrenOf(node);
    const name = children.find((child) => child.name === 'VariableName');
    const list = children.find((child) => child.name === 'ParamList');
    const kept = this.yields;
    this.yields = 0;
    const body = this.body(children.find((child) => child.name === 'Body'));
    const isGenerator = this.yields > 0;
    this.yields = kept;
    const named = (wanted: string) => decorators.some((d) => d.kind === 'name' && d.name === wanted);
    const nameSpan = spanOf(name ?? node);
    return {
      kind: 'function',
      name: name ? this.of(name) : '',
      nameSpan,
      params: list ? this.params(list) : [],
      body,
      decorators,
      isGenerator,
      isProperty: named('property') || named('cached_property'),
      isStatic: named('staticmethod'),
      start: node.from,
      end: endOf(nameSpan.end, body),
    };
  }

  private ifStatement(node: SyntaxNode, children: readonly SyntaxNode[]): Stmt {
    const branches: { test?: Expr; body: Stmt[]; from: number }[] = [];
    let test: Expr | undefined;
    let from = node.from;
    for (const child of children) {
      if (child.name === 'if' || child.name === 'elif' || child.name === 'else') {
        test = undefined;
        from = child.from;
      } else if (child.name === 'Body') {
        branches.push({ test, body: this.body(child), from });
        // A second body behind one test, in what is half typed, is another branch without one.
        test = undefined;
      } else if (child.name !== ':') {
        test = this.expression(child);
      }
    }
    let otherwise: Stmt[] = [];
    const end = endOf(
      branches.findLast((branch) => branch.test)?.test?.end ?? node.from,
      ...branches.slice(-2).map((branch) => branch.body),
    );
    for (const branch of branches.reverse()) {
      if (!branch.test) otherwise = branch.body;
      else
        otherwise = [
          {
            kind: 'if',
            test: branch.test,
            whenTrue: branch.body,
            whenFalse: otherwise,
            start: branch.from,
            end,
          },
        ];
    }
    return otherwise.length === 1 && otherwise[0].kind === 'if'
      ? otherwise[0]
      : { kind: 'block', body: otherwise, start: node.from, end };
  }

  private tryStatement(node: SyntaxNode, children: readonly SyntaxNode[]): Stmt {
    const result = {
      kind: 'try' as const,
      body: [] as Stmt[],
      handlers: [] as { name?: string; body: Stmt[] }[],
      else: [] as Stmt[],
      finally: [] as Stmt[],
      ...spanOf(node),
    };
    let part = 'try';
    let name: string | undefined;
    children.forEach((child, i) => {
      if (['try', 'except', 'else', 'finally'].includes(child.name)) [part, name] = [child.name, undefined];
      else if (child.name === 'as' && children[i + 1]) name = this.of(children[i + 1]);
      else if (child.name === 'Body') {
        const body = this.body(child);
        if (part === 'try') result.body = body;
        else if (part === 'except') result.handlers.push({ name, body });
        else if (part === 'else') result.else = body;
        else result.finally = body;
        result.end = endOf(Math.min(result.end, node.from), result.body, body);
      }
    });
    return result;
  }

  private withStatement(node: SyntaxNode, children: readonly SyntaxNode[]): Stmt {
    const items: { value: Expr; target?: Expr }[] = [];
    let isTarget = false;
    for (const child of children) {
      if (['with', 'async', ',', '(', ')'].includes(child.name)) continue;
      if (child.name === 'as') isTarget = true;
      else if (child.name === 'Body') break;
      else if (isTarget && items.length > 0) {
        items[items.length - 1].target = this.expression(child);
        isTarget = false;
      } else items.push({ value: this.expression(child) });
    }
    const body = this.body(children.find((child) => child.name === 'Body'));
    return { kind: 'with', items, body, start: node.from, end: endOf(node.from, body) };
  }

  private importStatement(node: SyntaxNode, children: readonly SyntaxNode[]): Stmt {
    const span = spanOf(node);
    const importAt = children.findIndex((child) => child.name === 'import');
    const dotted = (nodes: readonly SyntaxNode[]) => nodes.map((child) => this.of(child)).join('');
    if (children[0]?.name === 'from') {
      const source = dotted(children.slice(1, importAt < 0 ? undefined : importAt));
      const level = /^\.*/.exec(source)?.[0].length ?? 0;
      const names: { name: string; as: string; start: number; end: number }[] = [];
      let renamed = false;
      for (const child of importAt < 0 ? [] : children.slice(importAt + 1)) {
        if (child.name === 'as') renamed = true;
        else if (child.name === '*') names.push({ name: '*', as: '*', ...spanOf(child) });
        else if (child.name === 'VariableName') {
          if (renamed && names.length > 0) names[names.length - 1].as = this.of(child);
          else names.push({ name: this.of(child), as: this.of(child), ...spanOf(child) });
          renamed = false;
        }
      }
      return { kind: 'importFrom', module: source.slice(level), level, names, ...span };
    }
    const imports: Stmt[] = [];
    let path: SyntaxNode[] = [];
    let alias: string | undefined;
    let renamed = false;
    const flush = () => {
      const module = dotted(path);
      if (module) imports.push({ kind: 'import', module, as: alias ?? '', ...span });
      [path, alias, renamed] = [[], undefined, false];
    };
    for (const child of children.slice(importAt + 1)) {
      if (child.name === ',') flush();
      else if (child.name === 'as') renamed = true;
      else if (renamed) alias = this.of(child);
      else path.push(child);
    }
    flush();
    return imports.length === 1 ? imports[0] : { kind: 'block', body: imports, ...span };
  }
}
