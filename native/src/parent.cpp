#include "parent.h"

#ifdef __linux__
#include <sys/prctl.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#endif

namespace qed {

std::string DieWithParent() {
#ifdef __linux__
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0) return {};
  return std::string("The kernel would not tie this process to its parent (") + std::strerror(errno) + ").";
#else
  return "Only Linux ties a process to its parent.";
#endif
}

}  // namespace qed
