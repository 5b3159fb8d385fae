// A process that ends with the one that started it. Plain C++17: nothing here knows JavaScript.
#pragma once

#include <string>

namespace qed {

/// From now on the kernel kills this process (SIGKILL) when its parent ends, whatever it is doing then. Returns an empty
/// text, or one sentence that says why not. A parent that has ended before the call is not noticed: compare its id after.
/// Source: Linux, prctl(2), PR_SET_PDEATHSIG. Call it on the main thread of a process that its parent's main thread made.
std::string DieWithParent();

}  // namespace qed
