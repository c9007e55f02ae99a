/**
 * A pick of several steps, in VS Code's own widget: a title with step numbers, a Back button, a first item that
 * Enter takes, and, where a step allows it, a value that is typed instead of chosen.
 */
import * as vscode from 'vscode';

export interface StepItem<T> extends vscode.QuickPickItem {
  readonly value: T;
}

type StepItems<T> = readonly (StepItem<T> | vscode.QuickPickItem)[];

export interface Step<T> {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly placeholder: string;
  /** The first is the default; separators may stand between the others. */
  readonly items: StepItems<T> | Promise<StepItems<T>>;
  /** Makes an item of typed text, or says why it cannot be one. */
  typed?(text: string): StepItem<T> | string | undefined;
}

/** What a step came to: a value, one step back, or undefined where the person leaves. */
export type StepAnswer<T> = { readonly value: T } | 'back' | undefined;

export function askStep<T>(step: Step<T>): Promise<StepAnswer<T>> {
  const pick = vscode.window.createQuickPick<StepItem<T> | vscode.QuickPickItem>();
  pick.title = step.title;
  pick.step = step.step;
  pick.totalSteps = step.totalSteps;
  pick.placeholder = step.placeholder;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.ignoreFocusOut = true;
  if (step.step > 1) pick.buttons = [vscode.QuickInputButtons.Back];
  let stated: StepItems<T> = [];
  const show = (items: StepItems<T>) => {
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
      if (item && 'value' in item && stated.length > 0) settle({ value: item.value });
    });
    pick.onDidTriggerButton(() => settle('back'));
    pick.onDidHide(() => settle(undefined));
    if (step.typed)
      pick.onDidChangeValue((text) => {
        const made = text.trim() === '' ? undefined : step.typed?.(text.trim());
        // Why the text is no value stands where the question stood.
        pick.placeholder = typeof made === 'string' ? made : step.placeholder;
        if (typeof made !== 'object') {
          if (pick.items !== stated) pick.items = stated;
          return;
        }
        const others = stated.filter((item) => !('value' in item) || item.value !== made.value);
        show([{ ...made, alwaysShow: true }, ...others]);
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
