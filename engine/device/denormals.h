// Values that decay (RMSProp averages of dead units) become denormal after thousands of steps
// and make a step several times slower. Every thread that runs programs flushes them to zero.
#pragma once

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace ganflow {

// Sets flush-to-zero and denormals-are-zero for the calling thread while it lives.
class FlushDenormals {
 public:
#if defined(__SSE__)
  FlushDenormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040u); }
  ~FlushDenormals() { _mm_setcsr(before_); }
#else
  FlushDenormals() = default;
#endif
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  unsigned before_ = 0;
};

}  // namespace ganflow
