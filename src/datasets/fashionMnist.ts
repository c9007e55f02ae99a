/** Fashion-MNIST: pictures of clothes in MNIST's format (Xiao, Rasul and Vollgraf 2017). */
import { idxSource } from './idx';

export const fashionMnist = idxSource(
  {
    id: 'fashion-mnist',
    title: 'Fashion-MNIST',
    summary: 'Pictures of clothes, 1x28x28, in four IDX files, gzipped or not.',
    augmentation: 'cropFlip',
  },
  ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
  ['FashionMNIST/raw', 'raw', 'fashion-mnist', 'fashion', 'FashionMNIST'],
);
