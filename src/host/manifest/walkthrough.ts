/**
 * The walkthrough, declared once: the page that VS Code shows under "Get Started". Each step ends when one of its
 * commands has run. Pictures are the README's, taken of the running product, or drawings in the editor's colours.
 */
import type { CommandId } from '../commands';
import { walkthroughId } from '../ids';

export interface WalkthroughStep {
  readonly title: string;
  /** English; buttons are lines of their own, `[Train...](command:skiplens.train)`. */
  readonly description: string;
  readonly media:
    | { readonly svg: string; readonly alt: string }
    | { readonly light: string; readonly dark: string; readonly alt: string };
  readonly completedBy: readonly CommandId[];
}

export const walkthrough = {
  id: walkthroughId,
  title: 'See what skip connections do',
  description: 'Train a residual network beside its plain twin, and read what happens to the gradient.',
  steps: {
    train: {
      title: 'Train a network and its twin',
      description:
        'A residual network and the same network without its skips start from the same numbers and see the same images, one step after the other. Press Enter at every question and ResNet-20 trains on built-in images; nothing is downloaded, and nothing needs to be installed.\n[Train...](command:skiplens.train)',
      media: {
        svg: 'media/walkthrough/train.svg',
        alt: 'Two columns of four blocks with one batch of images above both: the left one with an arc past every block, the right one without.',
      },
      completedBy: ['skiplens.train', 'skiplens.trainAgain', 'skiplens.trainFile', 'skiplens.trainModel'],
    },
    picture: {
      title: 'Read the picture',
      description:
        'Rows are layers from input to output, columns are measurements of them. Arcs at the left are skips, as wide as the share of the gradient that came through them. The gradient has a logarithmic axis that both networks and all steps share: a straight line down means that every block gets as much as the next. Drag the scrubber over the heat map to move every track to another step.\n[Open a Run](command:skiplens.openRun)',
      media: {
        light: 'media/readme/inspector-light.png',
        dark: 'media/readme/inspector-dark.png',
        alt: 'The inspector: structure with arcs, shapes, activations, the gradient of both networks, heat maps over steps.',
      },
      completedBy: ['skiplens.openRun'],
    },
    inspect: {
      title: 'Inspect without training',
      description:
        'Every network can be looked at before it is trained: its layers, skips, shapes, parameters and multiply-adds. One click measures the gradient at initialisation on one batch. Type a name such as resnet110, or resnet1202 for a very deep one.\n[Inspect a Network](command:skiplens.inspect)',
      media: {
        svg: 'media/walkthrough/inspect.svg',
        alt: 'A chain of layers with an arc past each pair, and beside every layer a box for its shape and a bar for its cost.',
      },
      completedBy: ['skiplens.inspect', 'skiplens.inspectFile', 'skiplens.inspectModel'],
    },
    source: {
      title: 'Hover over your own network',
      description:
        'In Python, TypeScript and JavaScript, rest the mouse on a layer: its output shape, parameters and cost, read from the text without running it. Shapes that cannot be are marked at the line that breaks. Above a model stand its size and two words to click: Inspect and Train.\n[Open an Example](command:skiplens.openExample)',
      media: {
        light: 'media/readme/hover.png',
        dark: 'media/readme/hover.png',
        alt: 'A hover over the line that adds the skip: the shape on both sides and the kind of the skip.',
      },
      completedBy: ['skiplens.openExample', 'skiplens.inspectModel', 'skiplens.trainModel'],
    },
    own: {
      title: 'Your data, your settings, your runs',
      description:
        'Train on a folder with one sub-folder of images a class, on CIFAR-10 or on other sets. The last question of Train... opens all settings as a file with completions. Every run is kept step by step: compare, export, resume.\n[Compare Runs](command:skiplens.compareRuns)\n[Show Devices](command:skiplens.showDevices)',
      media: {
        svg: 'media/walkthrough/own.svg',
        alt: 'A folder of images and a settings file lead to a list of runs; two of them are compared in one picture.',
      },
      completedBy: ['skiplens.compareRuns', 'skiplens.showDevices', 'skiplens.export', 'skiplens.trainFile'],
    },
  } satisfies Readonly<Record<string, WalkthroughStep>>,
} as const;
