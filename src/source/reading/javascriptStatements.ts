/** JavaScript and TypeScript statements, from Lezer's tree to the common form. */
import type { SyntaxNode } from '@lezer/common';
import type { Argument, ClassForm, Declaration, Expr, ImportedName, Stmt } from './form';
import { JavaScriptFunctions } from './javascriptFunctions';
import { bad, childrenOf, DEEPEST, spanOf, splitAtCommas } from './nodes';

const TYPES = new Set(['TypeAnnotation', 'Definite', 'Optional']);

export class JavaScriptStatements extends JavaScriptFunctions {
  private blockDepth = 0;

  statements(nodes: readonly SyntaxNode[]): Stmt[] {
    const list: Stmt[] = [];
    if (this.blockDepth > DEEPEST / 4) return list;
    this.blockDepth++;
    for (const node of nodes) list.push(...this.statement(node));
    this.blockDepth--;
    return list;
  }

  protected blockBody(node: SyntaxNode): Stmt[] {
    return this.statements(childrenOf(node).filter((child) => child.name !== '{' && child.name !== '}'));
  }

  /** A branch: a block, or a statement by itself. */
  private branch(node: SyntaxNode | undefined): Stmt[] {
    if (!node) return [];
    return [
      {
        kind: 'block',
        body: node.name === 'Block' ? this.blockBody(node) : this.statement(node),
        ...spanOf(node),
      },
    ];
  }

  private statement(node: SyntaxNode): Stmt[] {
    const span = spanOf(node);
    const children = childrenOf(node).filter((child) => child.name !== ';');
    switch (node.name) {
      case 'ExpressionStatement':
        return children[0] ? [{ kind: 'expression', value: this.expression(children[0]), ...span }] : [];
      case 'VariableDeclaration':
        return this.variables(node, children);
      case 'FunctionDeclaration':
        return [this.functionForm(node, false)];
      case 'ClassDeclaration':
        return [this.classForm(node)];
      case 'Block':
        return this.branch(node);
      case 'IfStatement': {
        const elseAt = children.findIndex((child) => child.name === 'else');
        return [
          {
            kind: 'if',
            test: children[1] ? this.expression(children[1]) : bad(node),
            whenTrue: this.branch(children[2]),
            whenFalse: elseAt > 0 ? this.branch(children[elseAt + 1]) : [],
            ...span,
          },
        ];
      }
      case 'ForStatement':
        return this.forStatement(node, children);
      case 'WhileStatement':
      case 'DoStatement': {
        const isPostTest = node.name === 'DoStatement';
        const test = children.find((child) => child.name === 'ParenthesizedExpression');
        const body = isPostTest ? children[1] : children[2];
        return [
          {
            kind: 'while',
            init: [],
            test: test ? this.expression(test) : bad(node),
            body: this.branch(body),
            else: [],
            isPostTest,
            ...span,
          },
        ];
      }
      case 'ReturnStatement':
        return [{ kind: 'return', value: children[1] ? this.expression(children[1]) : undefined, ...span }];
      case 'BreakStatement':
        return [{ kind: 'break', ...span }];
      case 'ContinueStatement':
        return [{ kind: 'continue', ...span }];
      case 'ThrowStatement':
        return [{ kind: 'raise', value: children[1] ? this.expression(children[1]) : undefined, ...span }];
      case 'LabeledStatement':
        return children[children.length - 1] ? this.statement(children[children.length - 1]) : [];
      case 'TryStatement':
        return [this.tryStatement(node, children)];
      case 'SwitchStatement':
        return [this.switchStatement(node, children)];
      case 'ImportDeclaration':
        return this.importDeclaration(node, children);
      case 'ExportDeclaration':
        return this.exportDeclaration(node, children);
      case 'InterfaceDeclaration':
      case 'TypeAliasDeclaration':
      case 'EnumDeclaration':
      case 'AmbientDeclaration':
        return [];
      default:
        return node.type.isError ? [] : [{ kind: 'bad', ...span }];
    }
  }

  private variables(node: SyntaxNode, children: readonly SyntaxNode[]): Stmt[] {
    const declaration: Declaration = children[0]?.name === 'var' ? 'function' : 'block';
    const statements: Stmt[] = [];
    for (const group of splitAtCommas(children.slice(1))) {
      const parts = group.filter((child) => !TYPES.has(child.name) && child.name !== '!');
      if (parts.length === 0) continue;
      const equals = parts.findIndex((child) => child.name === 'Equals');
      const value: Expr =
        equals > 0 && parts[equals + 1]
          ? this.expression(parts[equals + 1])
          : { kind: 'none', start: parts[0].to, end: parts[0].to };
      statements.push({
        kind: 'assign',
        targets: [this.expression(parts[0])],
        value,
        declaration,
        start: statements.length === 0 ? node.from : parts[0].from,
        end: parts[parts.length - 1].to,
      });
    }
    return statements;
  }

  private forStatement(node: SyntaxNode, children: readonly SyntaxNode[]): Stmt[] {
    const span = spanOf(node);
    const spec = children.find((child) => child.name.startsWith('For') || child.name.endsWith('Spec'));
    const body = this.branch(children[children.length - 1]);
    if (!spec) return [{ kind: 'bad', ...span }];
    const parts = childrenOf(spec).filter((child) => child.name !== '(' && child.name !== ')');
    if (spec.name === 'ForOfSpec' || spec.name === 'ForInSpec') {
      const word = spec.name === 'ForOfSpec' ? 'of' : 'in';
      const at = parts.findIndex((child) => child.name === word);
      const declared = parts.some((child) => ['const', 'let', 'var'].includes(child.name));
      const target = parts[at - 1];
      const iterable = parts[at + 1];
      if (at < 1 || !target || !iterable) return [{ kind: 'bad', ...span }];
      return [
        {
          kind: 'for',
          target: this.expression(target),
          iterable: this.expression(iterable),
          body,
          else: [],
          declaration: declared ? 'block' : 'resolve',
          overKeys: word === 'in',
          ...span,
        },
      ];
    }
    // for (init; test; update): the semicolon of the declaration is a child of the declaration itself.
    const init: Stmt[] = [];
    let rest = parts;
    if (rest[0]?.name === 'VariableDeclaration') {
      init.push(...this.statement(rest[0]));
      rest = rest.slice(1);
      if (rest[0]?.name === ';') rest = rest.slice(1);
    } else if (rest[0] && rest[0].name !== ';') {
      init.push({ kind: 'expression', value: this.expression(rest[0]), ...spanOf(rest[0]) });
      rest = rest.slice(2);
    } else rest = rest.slice(1);
    const semicolon = rest.findIndex((child) => child.name === ';');
    const test = semicolon > 0 ? rest[0] : undefined;
    const update = semicolon >= 0 ? rest[semicolon + 1] : undefined;
    return [
      {
        kind: 'while',
        init,
        test: test && this.expression(test),
        update: update && this.expression(update),
        body,
        else: [],
        isPostTest: false,
        ...span,
      },
    ];
  }

  private tryStatement(node: SyntaxNode, children: readonly SyntaxNode[]): Stmt {
    const block = (clause: SyntaxNode | undefined) => {
      const body = clause && childrenOf(clause).find((child) => child.name === 'Block');
      return body ? this.blockBody(body) : [];
    };
    const handler = children.find((child) => child.name === 'CatchClause');
    const name = handler && childrenOf(handler).find((child) => child.name === 'VariableDefinition');
    const body = children.find((child) => child.name === 'Block');
    return {
      kind: 'try',
      body: body ? this.blockBody(body) : [],
      handlers: handler ? [{ name: name && this.of(name), body: block(handler) }] : [],
      else: [],
      finally: block(children.find((child) => child.name === 'FinallyClause')),
      ...spanOf(node),
    };
  }

  private switchStatement(node: SyntaxNode, children: readonly SyntaxNode[]): Stmt {
    const body = children.find((child) => child.name === 'SwitchBody');
    const cases: { test?: Expr; body: Stmt[] }[] = [];
    for (const child of body ? childrenOf(body) : []) {
      if (child.name === 'CaseLabel') {
        const test = childrenOf(child)[1];
        cases.push({ test: test ? this.expression(test) : bad(child), body: [] });
      } else if (child.name === 'DefaultLabel') cases.push({ body: [] });
      else if (child.name !== '{' && child.name !== '}')
        cases[cases.length - 1]?.body.push(...this.statement(child));
    }
    return {
      kind: 'switch',
      subject: children[1] ? this.expression(children[1]) : bad(node),
      cases,
      ...spanOf(node),
    };
  }

  protected classExpression(node: SyntaxNode): Expr {
    return { kind: 'classExpression', class: this.classForm(node), ...spanOf(node) };
  }

  private classForm(node: SyntaxNode): ClassForm {
    const children = childrenOf(node);
    const name = children.find((child) => child.name === 'VariableDefinition');
    const extendsAt = children.findIndex((child) => child.name === 'extends');
    const bases: Argument[] = [];
    const base = extendsAt >= 0 ? children[extendsAt + 1] : undefined;
    if (base && base.name !== 'ClassBody')
      bases.push({ type: 'positional', value: this.expression(base), ...spanOf(base) });
    const body: Stmt[] = [];
    const bodyNode = children.find((child) => child.name === 'ClassBody');
    for (const member of bodyNode ? childrenOf(bodyNode) : []) {
      if (member.name === 'MethodDeclaration') body.push(this.functionForm(member, true));
      else if (member.name === 'PropertyDeclaration') {
        const parts = childrenOf(member);
        const key = parts.find((child) => child.name.endsWith('PropertyDefinition'));
        const equals = parts.findIndex((child) => child.name === 'Equals');
        if (!key || equals < 0 || !parts[equals + 1]) continue;
        body.push({
          kind: 'assign',
          targets: [{ kind: 'name', name: this.of(key), ...spanOf(key) }],
          value: this.expression(parts[equals + 1]),
          declaration: 'block',
          ...spanOf(member),
        });
      }
    }
    return {
      kind: 'class',
      name: name ? this.of(name) : '',
      nameSpan: spanOf(name ?? node),
      bases,
      body,
      decorators: [],
      ...spanOf(node),
    };
  }

  private moduleOf(children: readonly SyntaxNode[]): string | undefined {
    const source = children.find((child) => child.name === 'String');
    return source && this.of(source).slice(1, -1);
  }

  private importDeclaration(node: SyntaxNode, children: readonly SyntaxNode[]): Stmt[] {
    const module = this.moduleOf(children);
    if (!module) return [];
    const statements: Stmt[] = [];
    const span = spanOf(node);
    const star = children.findIndex((child) => child.name === 'Star');
    if (star >= 0 && children[star + 2])
      statements.push({ kind: 'import', module, as: this.of(children[star + 2]), ...span });
    const names: ImportedName[] = [];
    children.forEach((child, i) => {
      if (child.name === 'VariableDefinition' && i !== star + 2)
        names.push({ name: 'default', as: this.of(child), ...spanOf(child) });
      else if (child.name === 'ImportGroup') names.push(...this.groupNames(child));
    });
    if (names.length > 0) statements.push({ kind: 'importFrom', module, level: 0, names, ...span });
    return statements;
  }

  private groupNames(group: SyntaxNode): ImportedName[] {
    return splitAtCommas(childrenOf(group).filter((child) => child.name !== '{' && child.name !== '}'))
      .filter((parts) => parts.length > 0)
      .map((parts) => ({
        name: this.of(parts[0]),
        as: this.of(parts[parts.length - 1]),
        ...spanOf(parts[0]),
      }));
  }

  private exportDeclaration(node: SyntaxNode, children: readonly SyntaxNode[]): Stmt[] {
    const module = this.moduleOf(children);
    const group = children.find((child) => child.name === 'ExportGroup');
    if (module && group)
      return [{ kind: 'importFrom', module, level: 0, names: this.groupNames(group), ...spanOf(node) }];
    const declared = children.find((child) => child.name.endsWith('Declaration'));
    const isDefault = children.some((child) => child.name === 'default');
    const target: Expr = { kind: 'name', name: 'default', ...spanOf(node) };
    const exported = (value: Expr): Stmt => ({
      kind: 'assign',
      targets: [target],
      value,
      declaration: 'function',
      ...spanOf(node),
    });
    if (declared) {
      const statements = this.statement(declared);
      const [first] = statements;
      if (isDefault && (first?.kind === 'function' || first?.kind === 'class'))
        return [...statements, exported({ kind: 'name', name: first.name, ...first.nameSpan })];
      return statements;
    }
    const last = children[children.length - 1];
    if (isDefault && last && last.name !== 'default') return [exported(this.expression(last))];
    return [];
  }
}
