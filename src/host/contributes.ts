/**
 * The manifest's part that the code knows: commands, settings, views, menus, the schema of settings files. It is
 * data; `scripts/writeManifest.mjs` writes it into package.json, the sentences into package.nls.json, and a test
 * fails when they are stale. What never changes (name, licence, scripts) stays in package.json.
 */
import type { Command } from './command';
import { commands } from './commands';
import { inspectorViewType, runsView, settingsFilePattern } from './ids';
import { type SettingDeclaration, settings } from './manifest/settings';
import { type WalkthroughStep, walkthrough } from './manifest/walkthrough';

export interface Manifest {
  /** Fields of package.json, with `%key%` where a sentence stands. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** English sentences by key: package.nls.json. */
  readonly sentences: Readonly<Record<string, string>>;
}

/** The manifest's fields and sentences. */
export function manifest(): Manifest {
  const sentences: Record<string, string> = {};
  const say = (key: string, sentence: string): string => {
    sentences[key] = sentence;
    return `%${key}%`;
  };
  const all = Object.entries<Command>(commands);

  const menus: Record<string, unknown[]> = {};
  for (const [command, { menus: places = [] }] of all)
    for (const { menu, when, group } of places) {
      menus[menu] ??= [];
      menus[menu].push({ command, when, ...(group ? { group } : {}) });
    }

  const properties: Record<string, unknown> = {};
  for (const [id, setting] of Object.entries<SettingDeclaration>(settings))
    properties[id] = {
      type: setting.type,
      default: setting.default,
      scope: setting.scope,
      markdownDescription: say(`setting.${id}`, setting.description),
      ...(setting.values ? { enum: setting.values } : {}),
      ...(setting.minimum === undefined ? {} : { minimum: setting.minimum }),
      ...(setting.maximum === undefined ? {} : { maximum: setting.maximum }),
    };

  return {
    sentences,
    fields: {
      description: say('description', 'See what the skip connections of a network do to its gradients.'),
      main: './dist/extension.js',
      l10n: './l10n',
      icon: 'media/icon.png',
      categories: ['Machine Learning', 'Visualization', 'Data Science'],
      keywords: ['ResNet', 'residual', 'skip connection', 'gradient', 'PyTorch'],
      extensionKind: ['workspace'],
      activationEvents: [
        ...['python', 'typescript', 'javascript', 'typescriptreact', 'javascriptreact'].map(
          (language) => `onLanguage:${language}`,
        ),
        'onLanguage:json',
        'onLanguage:jsonc',
        `onWebviewPanel:${inspectorViewType}`,
      ],
      capabilities: {
        untrustedWorkspaces: {
          supported: 'limited',
          description: say(
            'trust',
            'Networks can be inspected and recorded runs opened. Training starts a program and waits until the folder is trusted.',
          ),
          restrictedConfigurations: Object.entries<SettingDeclaration>(settings)
            .filter(([, setting]) => setting.restricted)
            .map(([id]) => id),
        },
        virtualWorkspaces: {
          supported: 'limited',
          description: say(
            'virtual',
            "Runs are kept in the extension's own storage, and data sets are read from local folders only.",
          ),
        },
      },
      contributes: {
        commands: all.map(([command, { title, icon, enablement }]) => ({
          command,
          title: say(`command.${command}`, title),
          category: 'Skiplens',
          ...(icon ? { icon } : {}),
          ...(enablement ? { enablement } : {}),
        })),
        configuration: { title: 'Skiplens', properties },
        viewsContainers: {
          activitybar: [{ id: 'skiplens', title: 'Skiplens', icon: 'media/activity.svg' }],
        },
        views: {
          skiplens: [{ id: runsView, name: say('view.runs', 'Runs'), icon: 'media/activity.svg' }],
        },
        viewsWelcome: [
          {
            view: runsView,
            when: 'isWorkspaceTrusted',
            contents: say(
              'welcome.trusted',
              'See what skip connections do to gradients: train a residual network and its plain twin side by side, on built-in images.\n[Train a Network and Its Twin](command:skiplens.train)\n[Inspect a Network](command:skiplens.inspect)\nRuns of this workspace will be listed here. [Show me around](command:skiplens.getStarted)',
            ),
          },
          {
            view: runsView,
            when: '!isWorkspaceTrusted',
            contents: say(
              'welcome.restricted',
              'This folder is not trusted, so Skiplens starts no training here. Networks can be inspected.\n[Inspect a Network](command:skiplens.inspect)\n[Manage Trust](command:workbench.trust.manage)',
            ),
          },
        ],
        walkthroughs: [
          {
            id: walkthrough.id,
            title: say('walkthrough.title', walkthrough.title),
            description: say('walkthrough.description', walkthrough.description),
            icon: 'media/icon.png',
            steps: Object.entries<WalkthroughStep>(walkthrough.steps).map(([id, step]) => ({
              id,
              title: say(`walkthrough.${id}.title`, step.title),
              description: say(`walkthrough.${id}.description`, step.description),
              media: mediaOf(step.media, say(`walkthrough.${id}.picture`, step.media.alt)),
              completionEvents: step.completedBy.map((command) => `onCommand:${command}`),
            })),
          },
        ],
        menus,
        jsonValidation: [{ fileMatch: settingsFilePattern, url: './media/settings.schema.json' }],
      },
    },
  };
}

/** A drawing takes the editor's colours by itself; of a photograph there is one for dark and one for light themes. */
function mediaOf(media: WalkthroughStep['media'], altText: string): Record<string, unknown> {
  if ('svg' in media) return { svg: media.svg, altText };
  const { light, dark } = media;
  return { image: { light, dark, hc: dark, hcLight: light }, altText };
}
