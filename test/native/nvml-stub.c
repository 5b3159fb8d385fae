/* A stand-in for NVIDIA's management library. Environment variables say what it answers:
   STUB_GPUS    how many GPUs there are
   STUB_FAIL    a function that answers code 999, or FUNCTION=CODE
   STUB_HANG    a function that never answers
   With -DWITHOUT_NAME (and so on) the library lacks that function. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int enter(const char *name) {
  const char *hang = getenv("STUB_HANG");
  if (hang && strcmp(hang, name) == 0) {
    for (;;) pause();
  }
  const char *fail = getenv("STUB_FAIL");
  size_t length = strlen(name);
  if (!fail || strncmp(fail, name, length) != 0) return 0;
  if (fail[length] == '=') return atoi(fail + length + 1);
  return fail[length] == 0 ? 999 : 0;
}

#define ENTER(name) \
  int code = enter(name); \
  if (code) return code

#ifndef WITHOUT_INIT
int nvmlInit_v2(void) { return enter("nvmlInit_v2"); }
#endif
#ifndef WITHOUT_SHUTDOWN
int nvmlShutdown(void) { return enter("nvmlShutdown"); }
#endif
#ifndef WITHOUT_ERROR_STRING
const char *nvmlErrorString(int code) { return code == 999 ? "Unknown Error" : 0; }
#endif
#ifndef WITHOUT_COUNT
int nvmlDeviceGetCount_v2(unsigned *count) {
  ENTER("nvmlDeviceGetCount_v2");
  const char *gpus = getenv("STUB_GPUS");
  *count = gpus ? (unsigned)strtoul(gpus, 0, 10) : 0;
  return 0;
}
#endif
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) {
  ENTER("nvmlDeviceGetHandleByIndex_v2");
  *device = (void *)(size_t)(index + 1);
  return 0;
}
#ifndef WITHOUT_NAME
int nvmlDeviceGetName(void *device, char *name, unsigned length) {
  ENTER("nvmlDeviceGetName");
  snprintf(name, length, "Stub GPU %u", (unsigned)(size_t)device - 1);
  return 0;
}
#endif
#ifndef WITHOUT_MEMORY
int nvmlDeviceGetMemoryInfo(void *device, unsigned long long *memory) {
  ENTER("nvmlDeviceGetMemoryInfo");
  memory[0] = 24ull << 30;
  memory[1] = (20ull << 30) + (size_t)device;
  memory[2] = 4ull << 30;
  return 0;
}
#endif
int nvmlDeviceGetUtilizationRates(void *device, unsigned *rates) {
  ENTER("nvmlDeviceGetUtilizationRates");
  rates[0] = 40 + (unsigned)(size_t)device;
  rates[1] = 7;
  return 0;
}
int nvmlSystemGetDriverVersion(char *version, unsigned length) {
  ENTER("nvmlSystemGetDriverVersion");
  snprintf(version, length, "570.124.06");
  return 0;
}
int nvmlDeviceGetCudaComputeCapability(void *device, int *major, int *minor) {
  (void)device;
  ENTER("nvmlDeviceGetCudaComputeCapability");
  *major = 8;
  *minor = 9;
  return 0;
}
