/**
 * The small common form that Python and TypeScript are lowered to, so that one interpreter serves both. It holds
 * what programs that build networks are written in and nothing else: no types, no comments, no operator that
 * neither language has. What cannot be read becomes `bad`, with the rest of the tree intact.
 */

import type { Positions } from './positions';

/** Offsets into the text, end exclusive; a statement that was read earlier keeps those of then. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Language = 'python' | 'javascript';

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '@' | '<<' | '>>' | '&' | '|' | '^';

export type CompareOperator = '<' | '<=' | '>' | '>=' | '==' | '!=' | 'in' | 'not in' | 'is' | 'is not';

export interface Argument extends Span {
  readonly type: 'positional' | 'keyword' | 'star' | 'doubleStar';
  readonly name?: string;
  readonly value: Expr;
}

export interface Param extends Span {
  readonly name: string;
  readonly type: 'plain' | 'star' | 'keywordOnly' | 'doubleStar';
  /** JavaScript's destructured parameter. */
  readonly pattern?: Expr;
  readonly default?: Expr;
}

export interface FunctionForm extends Span {
  readonly kind: 'function';
  readonly name: string;
  /** Where the name stands (the whole form where it has none). */
  readonly nameSpan: Span;
  readonly params: readonly Param[];
  /** An expression for a lambda. */
  readonly body: readonly Stmt[] | Expr;
  readonly decorators: readonly Expr[];
  readonly isGenerator: boolean;
  readonly isProperty: boolean;
  readonly isStatic: boolean;
}

export interface ClassForm extends Span {
  readonly kind: 'class';
  readonly name: string;
  readonly nameSpan: Span;
  readonly bases: readonly Argument[];
  readonly body: readonly Stmt[];
  readonly decorators: readonly Expr[];
}

export interface Clause {
  readonly target: Expr;
  readonly iterable: Expr;
  readonly conditions: readonly Expr[];
}

export interface DictEntry {
  /** Absent for a spread. */
  readonly key?: Expr;
  readonly value: Expr;
}

export type Expr = Span &
  (
    | { readonly kind: 'number'; readonly value: number; readonly isFloat: boolean }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'boolean'; readonly value: boolean }
    | { readonly kind: 'none' }
    | { readonly kind: 'ellipsis' }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'attribute'; readonly object: Expr; readonly name: string; readonly nameSpan: Span }
    | { readonly kind: 'index'; readonly object: Expr; readonly index: Expr }
    | { readonly kind: 'slice'; readonly lower?: Expr; readonly upper?: Expr; readonly step?: Expr }
    | {
        readonly kind: 'call';
        readonly callee: Expr;
        readonly args: readonly Argument[];
        readonly isNew: boolean;
      }
    | {
        readonly kind: 'binary';
        readonly operator: BinaryOperator;
        readonly left: Expr;
        readonly right: Expr;
      }
    | { readonly kind: 'unary'; readonly operator: '-' | '+' | 'not' | '~'; readonly operand: Expr }
    | {
        readonly kind: 'compare';
        readonly first: Expr;
        readonly rest: readonly { readonly operator: CompareOperator; readonly value: Expr }[];
      }
    | {
        readonly kind: 'logical';
        readonly operator: 'and' | 'or' | '??';
        readonly left: Expr;
        readonly right: Expr;
      }
    | { readonly kind: 'conditional'; readonly test: Expr; readonly whenTrue: Expr; readonly whenFalse: Expr }
    | { readonly kind: 'list' | 'tuple' | 'set'; readonly items: readonly Expr[] }
    | { readonly kind: 'starred'; readonly value: Expr }
    | { readonly kind: 'dict'; readonly entries: readonly DictEntry[] }
    | { readonly kind: 'lambda'; readonly function: FunctionForm }
    | { readonly kind: 'classExpression'; readonly class: ClassForm }
    | {
        readonly kind: 'comprehension';
        readonly type: 'list' | 'set' | 'dict' | 'generator';
        readonly element: Expr;
        /** A dict's value; `element` is then the key. */
        readonly value?: Expr;
        readonly clauses: readonly Clause[];
      }
    | { readonly kind: 'format'; readonly parts: readonly (string | Expr)[] }
    | {
        readonly kind: 'assignment';
        readonly target: Expr;
        readonly value: Expr;
        readonly operator?: BinaryOperator;
      }
    | { readonly kind: 'sequence'; readonly items: readonly Expr[] }
    | { readonly kind: 'yield'; readonly value?: Expr; readonly isDelegate: boolean }
    | { readonly kind: 'default'; readonly target: Expr; readonly value: Expr }
    | { readonly kind: 'bad' }
  );

/** Which scope a name is written to: the function's (Python), a new one of the block, or where it was declared. */
export type Declaration = 'function' | 'block' | 'resolve';

export interface ImportedName extends Span {
  readonly name: string;
  readonly as: string;
}

export type Stmt =
  | FunctionForm
  | ClassForm
  | (Span &
      (
        | { readonly kind: 'expression'; readonly value: Expr }
        | {
            readonly kind: 'assign';
            readonly targets: readonly Expr[];
            readonly value: Expr;
            readonly declaration: Declaration;
            /** `x: int = 3`, a field where the class is a data class. */
            readonly isAnnotated?: true;
          }
        /** `x: int`, which holds nothing yet; without a name for anything but a plain one. */
        | { readonly kind: 'field'; readonly name: string }
        | {
            readonly kind: 'augment';
            readonly target: Expr;
            readonly operator: BinaryOperator;
            readonly value: Expr;
          }
        | {
            readonly kind: 'if';
            readonly test: Expr;
            readonly whenTrue: readonly Stmt[];
            readonly whenFalse: readonly Stmt[];
          }
        | {
            readonly kind: 'for';
            readonly target: Expr;
            readonly iterable: Expr;
            readonly body: readonly Stmt[];
            readonly else: readonly Stmt[];
            readonly declaration: Declaration;
            /** JavaScript's `for (k in o)` walks keys. */
            readonly overKeys: boolean;
          }
        | {
            readonly kind: 'while';
            readonly init: readonly Stmt[];
            readonly test?: Expr;
            readonly update?: Expr;
            readonly body: readonly Stmt[];
            readonly else: readonly Stmt[];
            readonly isPostTest: boolean;
          }
        | { readonly kind: 'return'; readonly value?: Expr }
        | { readonly kind: 'break' | 'continue' | 'pass' }
        | { readonly kind: 'raise'; readonly value?: Expr }
        | { readonly kind: 'assert'; readonly test: Expr }
        | { readonly kind: 'delete'; readonly targets: readonly Expr[] }
        | {
            readonly kind: 'try';
            readonly body: readonly Stmt[];
            readonly handlers: readonly { readonly name?: string; readonly body: readonly Stmt[] }[];
            readonly else: readonly Stmt[];
            readonly finally: readonly Stmt[];
          }
        | {
            readonly kind: 'with';
            readonly items: readonly { readonly value: Expr; readonly target?: Expr }[];
            readonly body: readonly Stmt[];
          }
        | {
            readonly kind: 'switch';
            readonly subject: Expr;
            readonly cases: readonly { readonly test?: Expr; readonly body: readonly Stmt[] }[];
          }
        | { readonly kind: 'block'; readonly body: readonly Stmt[] }
        | { readonly kind: 'import'; readonly module: string; readonly as: string }
        | {
            readonly kind: 'importFrom';
            readonly module: string;
            /** Leading dots. */
            readonly level: number;
            /** `*` imports all. */
            readonly names: readonly ImportedName[];
          }
        | { readonly kind: 'scope'; readonly names: readonly string[] }
        | { readonly kind: 'bad' }
      ));

/** A comment that speaks to us, `# skiplens: input = 1x28x28`. */
export interface Comment extends Span {
  readonly text: string;
}

/** A whole file, lowered. */
export interface Program {
  readonly file: string;
  readonly language: Language;
  readonly body: readonly Stmt[];
  readonly comments: readonly Comment[];
  /** Where the statements stand in the text. */
  readonly positions: Positions;
}
