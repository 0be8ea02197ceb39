// Pooling and upsampling of images x (N,C,H,W) by square windows.
#pragma once

#include "engine/program/value.h"

namespace ganflow {

// y[n,c,p,q] = the largest of x over the window of `size` x `size` pixels whose corner lies at
// (stride p, stride q); P = (H - size) / stride + 1, rounded down. size <= H, W. Of equal pixels
// the first in row-major order counts (as in PyTorch): the derivative goes there alone.
Value max_pool(Value x, Extent size, Extent stride);
inline Value max_pool(Value x, Extent size = 2) { return max_pool(x, size, size); }

// y[n,c,h,w] = x[n,c,h / factor,w / factor], rounded down: nearest neighbour.
Value upsample(Value x, Extent factor = 2);
// Mean over windows of factor x factor pixels side by side; factor must divide H and W.
Value average_pool(Value x, Extent factor = 2);

// What max_pool consists of. The index names a pixel of the image, h W + w.
//   pool_index    (N,C,P,Q) index   where the window's maximum lies
//   pool_take     y[n,c,p,q] = x[n,c,index[n,c,p,q]]
//   pool_put      x[n,c,h,w] = sum of y[n,c,p,q] where index[n,c,p,q] is h W + w; windows in
//                 row-major order. The two are each other's adjoint.
// Of an index outside [0, H W) pool_take yields NaN; pool_put leaves out what lies outside its
// window. Nothing beyond the image is read or written.
// All: ints = (size, stride, H, W, ., ., ., channels_last); channels_last: images are (N,H,W,C).
const Primitive& pool_index_primitive();
const Primitive& pool_take_primitive();
const Primitive& pool_put_primitive();
// ints = (factor, ., ., ., ., ., ., channels_last). Each other's adjoint.
const Primitive& upsample_primitive();
const Primitive& pool_sum_primitive();

}  // namespace ganflow
