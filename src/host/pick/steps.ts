/**
 * A pick of several steps, in VS Code's own widget: a title with step numbers, a Back button, a first item that
 * Enter takes, and, where a step allows it, a value that is typed instead of chosen.
 */
import * as vscode from 'vscode';

export interface StepItem<T> extends vscode.QuickPickItem {
  readonly value: T;
}

export interface Step<T> {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly placeholder: string;
  readonly items: readonly StepItem<T>[] | Promise<readonly StepItem<T>[]>;
  /** Makes an item of typed text, or says why it cannot be one. */
  typed?(text: string): StepItem<T> | string | undefined;
}

/** What a step came to: a value, one step back, or undefined where the person leaves. */
export type StepAnswer<T> = { readonly value: T } | 'back' | undefined;

export function askStep<T>(step: Step<T>): Promise<StepAnswer<T>> {
  const pick = vscode.window.createQuickPick<StepItem<T>>();
  pick.title = step.title;
  pick.step = step.step;
  pick.totalSteps = step.totalSteps;
  pick.placeholder = step.placeholder;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.ignoreFocusOut = true;
  if (step.step > 1) pick.buttons = [vscode.QuickInputButtons.Back];
  let stated: readonly StepItem<T>[] = [];
  const show = (items: readonly StepItem<T>[]) => {
    pick.items = items;
    if (items.length > 0) pick.activeItems = [items[0]];
  };
  return new Promise((resolve) => {
    const settle = (answer: StepAnswer<T>) => {
      resolve(answer);
      pick.dispose();
    };
    pick.onDidAccept(() => {
      const [item] = pick.activeItems;
      if (item && stated.length > 0) settle({ value: item.value });
    });
    pick.onDidTriggerButton(() => settle('back'));
    pick.onDidHide(() => settle(undefined));
    if (step.typed)
      pick.onDidChangeValue((text) => {
        const made = text.trim() === '' ? undefined : step.typed?.(text.trim());
        if (made === undefined) show(stated);
        else if (typeof made === 'string') {
          // The list's own items stay choosable; why the text is none of them stands above.
          pick.placeholder = made;
          show(stated);
        } else show([...stated, { ...made, alwaysShow: true }]);
      });
    pick.show();
    pick.busy = true;
    Promise.resolve(step.items).then(
      (items) => {
        stated = items;
        pick.busy = false;
        show(items);
      },
      () => settle(undefined),
    );
  });
}
