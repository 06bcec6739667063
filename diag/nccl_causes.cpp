#include "diag/nccl_causes.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "diag/nccl_line.h"

namespace plumb::diag {
namespace {

constexpr std::string_view kMemlock =
    "raise the limit of locked memory: ulimit -l unlimited (limits.conf, LimitMEMLOCK of slurmd or containerd, "
    "--ulimit memlock=-1)";
constexpr std::string_view kShm =
    "give the job more shared memory: docker --shm-size or --ipc=host, in Kubernetes an emptyDir with medium Memory at "
    "/dev/shm; remove stale /dev/shm/nccl-*";
constexpr std::string_view kFabricManager =
    "look at systemctl status nvidia-fabricmanager and nvidia-smi -q (Fabric: Completed); its version has to be the "
    "driver's; NCCL_NVLS_ENABLE=0 goes on without it, slower";
constexpr std::string_view kSequence =
    "all ranks have to issue the same collectives in the same order and size: look for a branch on the rank, an uneven "
    "last batch, or a rank that raised an error and went on";
constexpr std::string_view kFirst = "look at the rank that failed first: this only follows";

/// The state of a completion of the verbs; the numbers are ibv_wc_status.
constexpr std::array kCompletions{
    Cause{"nccl_net_local_length", "1", "", "fail",
          "local length error: the message was longer than the receiver's buffer", kSequence},
    Cause{"nccl_net_local_protection", "4", "", "fail",
          "local protection error: the NIC may not touch that memory (GPU memory most often)",
          "look at nvidia_peermem or dma-buf, at ACS and IOMMU; NCCL_NET_GDR_LEVEL=LOC shows whether GPUDirect is to "
          "blame"},
    Cause{"nccl_net_flushed", "5", "", "warn", "flushed: the connection had failed before", kFirst, Speaker::nccl,
          true},
    Cause{"nccl_net_remote_request", "9", "", "fail", "remote invalid request: the far end refused what was sent",
          kSequence},
    Cause{"nccl_net_remote_access", "10", "", "fail", "remote access error: the far NIC may not touch that memory",
          "look at the far host: nvidia_peermem or dma-buf, IOMMU, a process that died and freed its buffers"},
    Cause{"nccl_net_remote_operation", "11", "", "fail", "remote operation error: the far NIC failed",
          "look at the far host's kernel log (mlx5) and firmware"},
    Cause{"nccl_net_retry_exceeded", "12", "", "fail",
          "retry exceeded: no acknowledgement came back from the peer's NIC",
          "look at both ends' ports, the path (a link that flaps, PFC or a black hole), the same GID index, VLAN and "
          "MTU, "
          "and whether the peer's process died first; NCCL_IB_TIMEOUT=22 only rides out short flaps"},
    Cause{"nccl_net_rnr_exceeded", "13", "", "fail", "receiver not ready: the peer posted no buffer for too long",
          "the peer's host hangs or is overloaded: look at its processes and proxy threads"},
    Cause{"nccl_net_completion", "", "", "fail", "the NIC reported a failed transfer",
          "look the status up in ibv_wc_status"},
};

constexpr std::array kCauses{
    // Connections of queue pairs.
    Cause{"nccl_net_qp_timeout", "ibv_modify_qp failed", "timed out", "fail",
          "the peer's address was not resolved when queue pairs were connected (110)",
          "the two NICs do not reach each other: ping between their addresses, routes and VLANs of each rail; on "
          "rails that do not meet set NCCL_CROSS_NIC=0; see that NCCL_IB_GID_INDEX is the RoCE v2 one"},
    Cause{"nccl_gid_no_route", "ibv_modify_qp failed", "unreachable", "fail",
          "no route from the NIC's address to the peer's (101)",
          "give the NIC's interface an address and a route (show_gids); see that both ends use GIDs of one kind"},
    Cause{"nccl_gid_invalid", "ibv_modify_qp failed", "Invalid argument", "fail",
          "the NIC refused the connection's parameters (22): GID index, or MTU above the port's",
          "compare show_gids and the active MTU of both ends; unset NCCL_IB_GID_INDEX to let NCCL choose"},
    Cause{"nccl_gid_empty", "ibv_modify_qp failed", "No data available", "fail",
          "the GID index is empty on one end (61)",
          "compare show_gids of both ends; unset NCCL_IB_GID_INDEX, or set the one that is RoCE v2 with an IPv4 "
          "address on all"},
    Cause{"nccl_net_qp_device", "ibv_modify_qp failed", "", "fail", "queue pairs could not be connected",
          "look at the error in the line, the port's state and the GIDs of both ends"},
    // Memory.
    Cause{"nccl_memlock", "ibv_reg_", "Cannot allocate memory", "fail",
          "memory could not be registered with the NIC: too little may be locked", kMemlock},
    Cause{"nccl_memlock", "ibv_create_", "failed", "fail",
          "the NIC's queues could not be made: too little memory may be locked, or the device ran out", kMemlock},
    Cause{"nccl_peermem", "ibv_reg_", "Bad address", "fail", "GPU memory could not be registered with the NIC",
          "load nvidia_peermem, or a kernel and driver with dma-buf; NCCL_NET_GDR_LEVEL=LOC goes on without GPUDirect, "
          "slower"},
    Cause{"nccl_memory_registration", "ibv_reg_", "failed", "fail", "memory could not be registered with the NIC",
          "look at the error in the line; then at nvidia_peermem, dma-buf and IOMMU"},
    Cause{"nccl_shm_full", "No space left on device", "", "fail", "/dev/shm is full", kShm},
    Cause{"nccl_shm_full", "failed to extend /dev/shm", "", "fail", "/dev/shm is full", kShm},
    Cause{"nccl_shm_not_shared", "attaching to shared memory", "", "fail",
          "a rank does not see the shared memory of another on its host",
          "ranks of a host run in containers with a /dev/shm of their own: share it (--ipc=host), or give each its own "
          "NCCL_HOSTID"},
    Cause{"nccl_shm_full", "creating shared memory segment", "", "fail", "shared memory could not be made", kShm},
    Cause{"nccl_gpu_memory", "out of memory", "", "fail", "a GPU's memory is full: NCCL found no room for its buffers",
          "leave room (smaller batch, memory fraction), look for other processes on the GPU; NCCL_BUFFSIZE or "
          "NCCL_MAX_NCHANNELS smaller"},
    // NVLink, fabric manager.
    Cause{"nccl_nvls", "NVLink SHARP", "", "fail", "NVLink SHARP could not be set up", kFabricManager},
    Cause{"nccl_fabric_manager", "system not yet initialized", "", "fail",
          "the GPUs of an NVSwitch host are not set up: fabric manager is not running", kFabricManager},
    Cause{"nccl_fabric_manager", "802 '", "", "fail",
          "the GPUs of an NVSwitch host are not set up: fabric manager is not running", kFabricManager},
    Cause{"nccl_imex", "MNNVL", "not working", "fail", "NVLink between hosts is there but does not work",
          "look at nvidia-imex-ctl -N on all hosts of the rack and at /dev/nvidia-caps-imex-channels in the container"},
    // The GPU or its driver.
    Cause{"nccl_gpu_error", "uncorrectable", "ECC", "fail", "a GPU met an uncorrectable memory error",
          "look at dmesg for XIDs and at nvidia-smi -q; drain the host and reset the GPU"},
    Cause{"nccl_driver", "driver version is insufficient", "", "fail", "the driver is too old for this CUDA",
          "update the driver, or run a container with an older CUDA"},
    Cause{"nccl_driver", "unsupported display driver", "", "fail",
          "driver and CUDA libraries do not fit each other (803)",
          "compare nvidia-smi and the container's libcuda (compat packages) on the hosts that fail"},
    Cause{"nccl_gpu_error", "Cuda failure", "peer access", "fail", "two GPUs of the host cannot reach each other",
          "look at nvidia-smi topo -p2p r, ACS and IOMMU; NCCL_P2P_DISABLE=1 goes on without, slower"},
    Cause{"nccl_cuda_error", "Cuda failure", "", "fail", "a CUDA call failed",
          "an error of an earlier kernel shows here, too: run with CUDA_LAUNCH_BLOCKING=1, look at dmesg for XIDs"},
    Cause{"nccl_duplicate_gpu", "Duplicate GPU detected", "", "fail", "two ranks use one GPU",
          "set CUDA_VISIBLE_DEVICES or call cudaSetDevice(local rank) before NCCL"},
    // The job.
    Cause{"nccl_version_mismatch", "Mismatched NCCL version", "", "fail", "ranks run different NCCL versions",
          "use one container or module on all hosts; look at LD_LIBRARY_PATH and LD_PRELOAD"},
    Cause{"nccl_mismatched_collectives", "collective mismatch", "", "fail", "ranks are in different collectives",
          kSequence},
    Cause{"nccl_mismatched_collectives", "Message truncated", "", "fail",
          "ranks are in different collectives, or of different sizes", kSequence},
    Cause{"nccl_mismatched_collectives", "incorrect receive info", "", "fail", "ranks are in different collectives",
          kSequence},
    Cause{"nccl_mixed_nics", "mixed local Net device counts", "", "fail", "hosts have different numbers of NICs",
          "bring the missing NIC up, or name the same ones everywhere with NCCL_IB_HCA"},
    Cause{"nccl_mixed_nics", "incompatible", "NET/IB", "fail",
          "a NIC of one kind was to talk to one of another (InfiniBand, RoCE)",
          "name NICs of one kind with NCCL_IB_HCA"},
    Cause{"nccl_mixed_nics", "different link_layer", "", "fail",
          "a NIC of one kind was to talk to one of another (InfiniBand, RoCE)",
          "name NICs of one kind with NCCL_IB_HCA"},
    Cause{"nccl_mixed_nics", "different number of devices", "", "fail", "NICs were merged differently on two hosts",
          "name the same NICs on all hosts with NCCL_IB_HCA"},
    // Devices and interfaces.
    Cause{"nccl_net_port_event", "fatal event", "", "fail", "the NIC reported a fatal event",
          "look at the kernel log (mlx5) and the port; replace what comes back"},
    Cause{"nccl_net_port_event", "async event", "port", "fail", "a port went down or came up while the job ran",
          "look at the cable, its transceivers and the switch port; counters link_downed"},
    Cause{"nccl_net_port_event", "GID table changed", "", "warn", "the addresses of a NIC changed while the job ran",
          "something reconfigures the interface (DHCP, NetworkManager) or its link flapped"},
    Cause{"nccl_net_port_event", "async event", "", "warn", "the NIC reported an event",
          "look at the kernel log and the port"},
    Cause{"nccl_device_access", "Unable to open device", "", "fail", "an RDMA device cannot be opened",
          "give the container /dev/infiniband (--device), and the user access to uverbs"},
    Cause{"nccl_device_access", "Unable to query", "", "fail", "an RDMA device does not answer",
          "look at ibv_devinfo and the kernel log"},
    Cause{"nccl_interface", "No IP interface found", "", "fail", "no IP interface fits",
          "see that NCCL_SOCKET_IFNAME names an interface that is up on this host"},
    Cause{"nccl_interface", "no socket interface found", "", "fail", "no IP interface fits",
          "see that NCCL_SOCKET_IFNAME names an interface that is up on this host"},
    Cause{"nccl_interface", "no device found", "NCCL_OOB", "fail", "no interface fits NCCL_OOB_NET_IFNAME",
          "name one that is up on this host"},
    Cause{"nccl_interface", "No usable listening interface", "", "fail", "no IP interface to listen on",
          "see that NCCL_SOCKET_IFNAME names an interface that is up on this host"},
    Cause{"nccl_no_path", "any local path", "", "fail", "NCCL found no way from a GPU to a NIC",
          "look at PCIe (lspci -tv), NCCL_TOPO_FILE and NCCL_IB_HCA"},
    Cause{"nccl_other_client", "wrong type", "", "fail", "something that is not this job connected to NCCL's port",
          "a port scanner or health check, or a rank left over from an earlier job: kill it"},
    Cause{"nccl_other_client", "wrong magic", "", "fail", "something that is not this job connected to NCCL's port",
          "a port scanner or health check, or a rank left over from an earlier job: kill it"},
    Cause{"nccl_open_files", "Too many open files", "", "fail", "too few files may be open",
          "ulimit -n 1048576 for the job"},
    // How ranks find each other.
    Cause{
        "nccl_refused", "Connection refused", "", "fail",
        "a peer did not listen: it died, or another interface was chosen there",
        "look at the peer's log; name one interface for all with NCCL_SOCKET_IFNAME; open the firewall between hosts"},
    Cause{"nccl_unreachable", "No route to host", "", "fail",
          "a peer cannot be reached over the interface that was chosen",
          "name an interface that all hosts share with NCCL_SOCKET_IFNAME (not docker0 or virbr0); open the firewall"},
    Cause{"nccl_unreachable", "onnect to", "timed out", "fail",
          "a peer does not answer over the interface that was chosen",
          "name an interface that all hosts share with NCCL_SOCKET_IFNAME (not docker0 or virbr0); open the firewall"},
    Cause{"nccl_unreachable", "exceeded timeouts", "", "fail",
          "a peer does not answer over the interface that was chosen",
          "name an interface that all hosts share with NCCL_SOCKET_IFNAME; open the firewall"},
    Cause{"nccl_refused", "exceeded retries", "", "fail", "a peer did not listen",
          "look at the peer's log; name one interface for all with NCCL_SOCKET_IFNAME"},
    Cause{"nccl_refused", "exceeded error retry", "", "fail", "a peer could not be connected",
          "look at the peer's log; name one interface for all with NCCL_SOCKET_IFNAME; open the firewall"},
    // What only follows.
    Cause{"nccl_peer_closed", "losed by remote peer", "", "warn",
          "another rank closed its connection: it died or gave up first", kFirst, Speaker::nccl, true},
    Cause{"nccl_peer_closed", "Connection reset by peer", "", "warn",
          "another rank closed its connection: it died or gave up first", kFirst, Speaker::nccl, true},
    Cause{"nccl_peer_closed", "Broken pipe", "", "warn", "another rank closed its connection: it died or gave up first",
          kFirst, Speaker::nccl, true},
    Cause{"nccl_follows", "Proxy", "", "warn", "NCCL's proxy gave up after an error", kFirst, Speaker::nccl, true},
    Cause{"nccl_follows", "ervice thread", "", "warn", "NCCL's proxy gave up after an error", kFirst, Speaker::nccl,
          true},
    Cause{"nccl_follows", "while polling for opId", "", "warn", "NCCL's proxy gave up after an error", kFirst,
          Speaker::nccl, true},
    Cause{"nccl_follows", "commReclaim", "", "warn", "the communicator was taken down after an error", kFirst,
          Speaker::nccl, true},
    Cause{"nccl_follows", "commDestroySync", "", "warn", "the communicator was taken down after an error", kFirst,
          Speaker::nccl, true},
    // What frameworks say.
    Cause{"nccl_gpu_memory", "CUDA out of memory", "", "fail", "a GPU's memory is full",
          "smaller batch; look for other processes on the GPU", Speaker::framework},
    Cause{"nccl_gpu_error", "CUDA error", "ECC", "fail", "a GPU met an uncorrectable memory error",
          "look at dmesg for XIDs and at nvidia-smi -q; drain the host and reset the GPU", Speaker::framework},
    Cause{"nccl_unhandled", "unhandled cuda error", "", "warn", "a CUDA call inside NCCL failed",
          "NCCL's own warning above says which; without one run again with NCCL_DEBUG=INFO", Speaker::framework, true},
    Cause{"nccl_unhandled", "unhandled system error", "", "warn", "a system call inside NCCL failed",
          "NCCL's own warning above says which; without one run again with NCCL_DEBUG=INFO", Speaker::framework, true},
    Cause{"nccl_unhandled", "ncclInternalError", "", "warn", "NCCL met an error inside",
          "NCCL's own warning above says which; without one run again with NCCL_DEBUG=INFO", Speaker::framework, true},
    Cause{"nccl_unhandled", "ncclRemoteError", "", "warn", "another rank died, or the network to it", kFirst,
          Speaker::framework, true},
    Cause{"nccl_unhandled", "remote process exited", "", "warn", "another rank died, or the network to it", kFirst,
          Speaker::framework, true},
};

constexpr Cause kUnknown{
    "nccl_warning", "",    "",   "warn", "a warning that this program does not know", "look it up in NCCL's issues",
    Speaker::nccl,  false, false};

bool has(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

/// "status=12", "status=IBV_WC_RETRY_EXC_ERR(12)", "with error 12".
const Cause* completion_in(std::string_view text) {
  auto state = word_after(text, "status=");
  state = state.empty() ? word_after(text, "with error ") : state;
  if (const auto open = state.find('('); open != std::string_view::npos) {
    state = state.substr(open + 1);
  }
  state = state.substr(0, state.find_first_not_of("0123456789"));
  const auto* found = std::ranges::find(kCompletions, state, &Cause::first);
  return found == kCompletions.end() ? &kCompletions.back() : found;
}

}  // namespace

const Cause* cause_of(std::string_view text, Speaker speaker) {
  if (speaker == Speaker::nccl && has(text, "Got completion")) {
    return completion_in(text);
  }
  const auto* found = std::ranges::find_if(kCauses, [&](const Cause& cause) {
    return cause.speaker == speaker && has(text, cause.first) && has(text, cause.then);
  });
  return found == kCauses.end() ? nullptr : found;
}

const Cause& unknown_cause() { return kUnknown; }

}  // namespace plumb::diag
