/**
 * Networks that Keras Applications ships, written by us in the language that the reader reads. Structures: He et
 * al. 2015 (V1: stride in the first 1x1 of a stack, convs with biases) and 2016 (V2: pre-activation, stride in the
 * 3x3 of the last block of a stack, the skip shortened by a 1x1 max pooling), Simonyan and Zisserman 2014; layer
 * names as in Keras. Weights are not here.
 */
export const kerasLibrary = `
from keras import layers, Model, Input


def obtain(include_top, input_shape, input_tensor, default=224):
    if input_tensor is not None:
        return input_tensor
    if input_shape is None:
        input_shape = (default, default, 3) if include_top else (None, None, 3)
    return Input(shape=input_shape)


def obtain_input_shape(input_shape, default_size, min_size, data_format, require_flatten=True, weights=None, include_top=None):
    flat = require_flatten if include_top is None else include_top
    if weights == 'imagenet' and flat:
        return (default_size, default_size, 3)
    if input_shape:
        return input_shape
    if flat:
        return (default_size, default_size, 3)
    return (None, None, 3)


_obtain_input_shape = obtain_input_shape


def validate_activation(classifier_activation, weights):
    return None


def finish(inputs, x, include_top, pooling, classes, activation, name, head='avg_pool'):
    if include_top:
        x = layers.GlobalAveragePooling2D(name=head)(x)
        x = layers.Dense(classes, activation=activation, name='predictions')(x)
    elif pooling == 'avg':
        x = layers.GlobalAveragePooling2D(name=head)(x)
    elif pooling == 'max':
        x = layers.GlobalMaxPooling2D(name='max_pool')(x)
    return Model(inputs, x, name=name)


def norm(x, name):
    return layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=name)(x)


def block1(x, filters, stride, shortcut, name):
    if shortcut:
        skip = norm(layers.Conv2D(4 * filters, 1, strides=stride, name=name + '_0_conv')(x), name + '_0_bn')
    else:
        skip = x
    y = norm(layers.Conv2D(filters, 1, strides=stride, name=name + '_1_conv')(x), name + '_1_bn')
    y = layers.Activation('relu', name=name + '_1_relu')(y)
    y = norm(layers.Conv2D(filters, 3, padding='same', name=name + '_2_conv')(y), name + '_2_bn')
    y = layers.Activation('relu', name=name + '_2_relu')(y)
    y = norm(layers.Conv2D(4 * filters, 1, name=name + '_3_conv')(y), name + '_3_bn')
    y = layers.Add(name=name + '_add')([skip, y])
    return layers.Activation('relu', name=name + '_out')(y)


def block2(x, filters, stride, shortcut, name):
    pre = layers.Activation('relu', name=name + '_preact_relu')(norm(x, name + '_preact_bn'))
    if shortcut:
        skip = layers.Conv2D(4 * filters, 1, strides=stride, name=name + '_0_conv')(pre)
    elif stride > 1:
        skip = layers.MaxPooling2D(1, strides=stride)(x)
    else:
        skip = x
    y = layers.Conv2D(filters, 1, use_bias=False, name=name + '_1_conv')(pre)
    y = layers.Activation('relu', name=name + '_1_relu')(norm(y, name + '_1_bn'))
    y = layers.ZeroPadding2D(((1, 1), (1, 1)), name=name + '_2_pad')(y)
    y = layers.Conv2D(filters, 3, strides=stride, use_bias=False, name=name + '_2_conv')(y)
    y = layers.Activation('relu', name=name + '_2_relu')(norm(y, name + '_2_bn'))
    y = layers.Conv2D(4 * filters, 1, name=name + '_3_conv')(y)
    return layers.Add(name=name + '_out')([skip, y])


def make_resnet(depths, version, title):
    def make(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation='softmax', name=title, **kwargs):
        inputs = obtain(include_top, input_shape, input_tensor)
        x = layers.ZeroPadding2D(((3, 3), (3, 3)), name='conv1_pad')(inputs)
        x = layers.Conv2D(64, 7, strides=2, name='conv1_conv')(x)
        if version == 1:
            x = layers.Activation('relu', name='conv1_relu')(norm(x, 'conv1_bn'))
        x = layers.ZeroPadding2D(((1, 1), (1, 1)), name='pool1_pad')(x)
        x = layers.MaxPooling2D(3, strides=2, name='pool1_pool')(x)
        for i, depth in enumerate(depths):
            filters = 64 * 2 ** i
            for j in range(depth):
                label = f'conv{i + 2}_block{j + 1}'
                if version == 1:
                    x = block1(x, filters, 2 if i > 0 and j == 0 else 1, j == 0, label)
                else:
                    x = block2(x, filters, 2 if i < 3 and j == depth - 1 else 1, j == 0, label)
        if version == 2:
            x = layers.Activation('relu', name='post_relu')(norm(x, 'post_bn'))
        return finish(inputs, x, include_top, pooling, classes, classifier_activation, name)
    return make


ResNet50 = make_resnet([3, 4, 6, 3], 1, 'resnet50')
ResNet101 = make_resnet([3, 4, 23, 3], 1, 'resnet101')
ResNet152 = make_resnet([3, 8, 36, 3], 1, 'resnet152')
ResNet50V2 = make_resnet([3, 4, 6, 3], 2, 'resnet50v2')
ResNet101V2 = make_resnet([3, 4, 23, 3], 2, 'resnet101v2')
ResNet152V2 = make_resnet([3, 8, 36, 3], 2, 'resnet152v2')


def make_vgg(counts, title):
    def make(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation='softmax', name=title, **kwargs):
        inputs = obtain(include_top, input_shape, input_tensor)
        x = inputs
        for i, (width, count) in enumerate(zip([64, 128, 256, 512, 512], counts)):
            for j in range(count):
                x = layers.Conv2D(width, 3, activation='relu', padding='same', name=f'block{i + 1}_conv{j + 1}')(x)
            x = layers.MaxPooling2D(2, strides=2, name=f'block{i + 1}_pool')(x)
        if include_top:
            x = layers.Flatten(name='flatten')(x)
            x = layers.Dense(4096, activation='relu', name='fc1')(x)
            x = layers.Dense(4096, activation='relu', name='fc2')(x)
            x = layers.Dense(classes, activation=classifier_activation, name='predictions')(x)
        elif pooling == 'avg':
            x = layers.GlobalAveragePooling2D()(x)
        elif pooling == 'max':
            x = layers.GlobalMaxPooling2D()(x)
        return Model(inputs, x, name=name)
    return make


VGG16 = make_vgg([2, 2, 3, 3, 3], 'vgg16')
VGG19 = make_vgg([2, 2, 4, 4, 4], 'vgg19')
`;
