/** Functions, object literals and patterns of JavaScript, from Lezer's tree to the common form. */
import type { SyntaxNode } from '@lezer/common';
import type { DictEntry, Expr, FunctionForm, Param } from './form';
import { JavaScriptExpressions } from './javascript';
import { bad, childrenOf, isNotCloser, spanOf, splitAtCommas, unescaped } from './nodes';

export abstract class JavaScriptFunctions extends JavaScriptExpressions {
  protected patternItems(node: SyntaxNode): Expr[] {
    const groups = splitAtCommas(childrenOf(node).slice(1).filter(isNotCloser));
    const list: Expr[] = [];
    groups.forEach((group, i) => {
      if (group.length === 0) {
        if (i < groups.length - 1) list.push({ kind: 'ellipsis', ...spanOf(node) });
      } else if (group[0].name === 'Spread' && group[1])
        list.push({
          kind: 'starred',
          value: this.expression(group[1]),
          start: group[0].from,
          end: group[1].to,
        });
      else list.push(this.withDefault(group));
    });
    return list;
  }

  protected withDefault(group: readonly SyntaxNode[]): Expr {
    const target = this.expression(group[0]);
    const equals = group.findIndex((node) => node.name === 'Equals');
    if (equals < 0 || !group[equals + 1]) return target;
    return {
      kind: 'default',
      target,
      value: this.expression(group[equals + 1]),
      start: group[0].from,
      end: group[group.length - 1].to,
    };
  }

  protected params(list: SyntaxNode): Param[] {
    const params: Param[] = [];
    const inner = childrenOf(list).filter(
      (child) => !['(', ')', 'TypeAnnotation', 'Optional', 'Privacy', 'readonly'].includes(child.name),
    );
    for (const group of splitAtCommas(inner)) {
      if (group.length === 0) continue;
      const span = { start: group[0].from, end: group[group.length - 1].to };
      if (group[0].name === 'Spread' && group[1]) {
        params.push({ name: this.of(group[1]), type: 'star', ...span });
        continue;
      }
      const equals = group.findIndex((node) => node.name === 'Equals');
      const isPattern = group[0].name.endsWith('Pattern');
      params.push({
        name: isPattern ? `{${params.length}}` : this.of(group[0]),
        type: 'plain',
        pattern: isPattern ? this.expression(group[0]) : undefined,
        default: equals > 0 && group[equals + 1] ? this.expression(group[equals + 1]) : undefined,
        ...span,
      });
    }
    return params;
  }

  /** A function, arrow or method; `isMethod` adds `this` in front. */
  protected functionForm(node: SyntaxNode, isMethod: boolean): FunctionForm {
    const children = childrenOf(node);
    const list = children.find((child) => child.name === 'ParamList');
    const name = children.find((child) =>
      ['VariableDefinition', 'PropertyDefinition', 'PrivatePropertyDefinition'].includes(child.name),
    );
    const last = children[children.length - 1];
    const params = list ? this.params(list) : [];
    const word = name ? this.of(name) : '';
    const isStatic = children.some((child) => child.name === 'static');
    const self: Param = { name: 'this', type: 'plain', ...spanOf(name ?? node) };
    return {
      kind: 'function',
      name: isMethod && word === 'constructor' ? '__init__' : word || '<function>',
      nameSpan: spanOf(name ?? node),
      params: isMethod && !isStatic ? [self, ...params] : params,
      body: last?.name === 'Block' ? this.blockBody(last) : last ? this.expression(last) : bad(node),
      decorators: [],
      isGenerator: children.some((child) => child.name === 'Star'),
      isProperty: children.some((child) => child.name === 'get'),
      isStatic,
      ...spanOf(node),
    };
  }

  protected properties(node: SyntaxNode): DictEntry[] {
    const entries: DictEntry[] = [];
    for (const property of childrenOf(node)) {
      if (property.name !== 'Property') continue;
      const children = childrenOf(property);
      const [first] = children;
      if (!first) continue;
      if (first.name === 'Spread') {
        if (children[1]) entries.push({ value: this.expression(children[1]) });
      } else if (children.some((child) => child.name === 'ParamList')) {
        const key = children.find((child) => child.name === 'PropertyDefinition') ?? first;
        const form = this.functionForm(property, false);
        entries.push({
          key: this.keyOf(key),
          value: { kind: 'lambda', function: form, ...spanOf(property) },
        });
      } else if (first.name === '[') {
        const value = children[children.length - 1];
        if (children[1] && value.name !== ']')
          entries.push({ key: this.expression(children[1]), value: this.expression(value) });
      } else {
        const value = children.find((child, i) => i > 0 && child.name !== ':' && child.name !== 'Equals');
        entries.push({
          key: this.keyOf(first),
          value: value ? this.expression(value) : { kind: 'name', name: this.of(first), ...spanOf(first) },
        });
      }
    }
    return entries;
  }

  protected patternProperties(node: SyntaxNode): DictEntry[] {
    const entries: DictEntry[] = [];
    for (const property of childrenOf(node)) {
      if (property.name !== 'PatternProperty') continue;
      const children = childrenOf(property).filter((child) => child.name !== ':');
      const [first] = children;
      if (!first) continue;
      if (first.name === 'Spread') {
        if (children[1]) entries.push({ value: this.expression(children[1]) });
      } else if (first.name === 'PropertyName' && children[1] && children[1].name !== 'Equals') {
        entries.push({ key: this.keyOf(first), value: this.withDefault(children.slice(1)) });
      } else {
        const name: Expr = { kind: 'name', name: this.of(first), ...spanOf(first) };
        const equals = children.findIndex((child) => child.name === 'Equals');
        const fallback = equals > 0 ? children[equals + 1] : undefined;
        entries.push({
          key: this.keyOf(first),
          value: fallback
            ? { kind: 'default', target: name, value: this.expression(fallback), ...spanOf(property) }
            : name,
        });
      }
    }
    return entries;
  }

  protected keyOf(node: SyntaxNode): Expr {
    const source = this.of(node);
    const isQuoted = node.name === 'String';
    return { kind: 'string', value: isQuoted ? unescaped(source.slice(1, -1)) : source, ...spanOf(node) };
  }
}
