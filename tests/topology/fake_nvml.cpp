// Two GPUs of a made-up host, at the PCI addresses of FakeMachine, as libnvidia-ml.so.1 would tell them. Unit tests
// only.
#include <cstdio>
#include <cstring>

namespace {

struct PciInfo {
  char old_bus_id[16];
  unsigned domain, bus, device, device_id, subsystem_id;
  char bus_id[32];
};
constexpr unsigned kBus[] = {0x18, 0x9b};
constexpr unsigned kSwitchBus = 0xc0;
char devices[2];

unsigned number_of(void* device) { return static_cast<unsigned>(static_cast<char*>(device) - devices); }

int put(char* text, unsigned size, const char* value) {
  std::snprintf(text, size, "%s", value);
  return 0;
}

int place(unsigned bus, PciInfo* info) {
  *info = {};
  info->bus = bus;
  return 0;
}

struct FabricInfoV2 {
  unsigned version;
  unsigned char cluster[16];
  int status;
  unsigned clique;
  unsigned char state;
  unsigned health;
};

}  // namespace

extern "C" {

/// GPU 0 has joined clique 7 of a cluster; GPU 1 is still joining.
int nvmlDeviceGetGpuFabricInfoV(void* device, FabricInfoV2* info) {
  if (info->version != (sizeof(FabricInfoV2) | 2U << 24U)) {
    return 25;
  }
  for (unsigned i = 0; i < sizeof info->cluster; ++i) {
    info->cluster[i] = static_cast<unsigned char>(0xa0 + i);
  }
  info->status = 0;
  info->clique = 7;
  info->state = number_of(device) == 0 ? 3 : 2;
  info->health = 0;
  return 0;
}

int nvmlInit_v2() { return 0; }
int nvmlShutdown() { return 0; }
int nvmlSystemGetDriverVersion(char* text, unsigned size) { return put(text, size, "550.1"); }
int nvmlDeviceGetCount_v2(unsigned* count) { return *count = 2, 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) { return *device = devices + index, 0; }
int nvmlDeviceGetPciInfo_v3(void* device, PciInfo* info) { return place(kBus[number_of(device)], info); }
int nvmlDeviceGetName(void*, char* text, unsigned size) { return put(text, size, "Made-up GPU"); }
int nvmlDeviceGetSerial(void* device, char* text, unsigned size) {
  return put(text, size, number_of(device) == 0 ? "S0" : "S1");
}
int nvmlDeviceGetUUID(void* device, char* text, unsigned size) {
  return put(text, size, number_of(device) == 0 ? "GPU-0" : "GPU-1");
}

/// GPU 0: links 0 and 1 to GPU 1, whose links 2 and 3 they are; link 4 of both to the switch; link 5 is down.
int nvmlDeviceGetNvLinkState(void* device, unsigned link, unsigned* state) {
  const unsigned first = number_of(device) == 0 ? 0 : 2;
  *state = link == first || link == first + 1 || link == 4 ? 1 : 0;
  return link <= 5 ? 0 : 2;
}
int nvmlDeviceGetNvLinkRemotePciInfo_v2(void* device, unsigned link, PciInfo* info) {
  return place(link == 4 ? kSwitchBus : kBus[1 - number_of(device)], info);
}
int nvmlDeviceGetNvLinkRemoteDeviceType(void*, unsigned link, int* kind) { return *kind = link == 4 ? 2 : 0, 0; }

}  // extern "C"
