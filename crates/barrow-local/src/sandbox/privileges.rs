//! What the function's process gives up before it becomes the function's process.

use std::collections::BTreeMap;
use std::io;

use rustix::process::{Gid, Resource, Rlimit, Uid, getrlimit, setrlimit};
use rustix::thread::{
    CapabilitySet, CapabilitySets, UnshareFlags, clear_ambient_capability_set,
    remove_capability_from_bounding_set, set_capabilities, set_no_new_privs, set_thread_groups,
    set_thread_res_gid, set_thread_res_uid, unshare_unsafe,
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

use super::spec::{GROUP_ID, Identity, USER_ID};

/// As recorded in Lambda (2025-11): resource, soft, hard. `None` is without limit.
const LIMITS: [(Resource, Option<u64>, Option<u64>); 5] = [
    (Resource::Nofile, Some(1024), Some(1024)),
    (Resource::Nproc, Some(742), Some(742)),
    (Resource::Stack, Some(8 << 20), None),
    (Resource::Core, Some(10_737_418_240), Some(10_737_418_240)),
    (Resource::Memlock, Some(65_536), Some(65_536)),
];

/// Never more than the host allows us.
pub(super) fn limit_resources() -> io::Result<()> {
    for (resource, soft, hard) in LIMITS {
        let ours = getrlimit(resource).maximum;
        let least = |wanted: Option<u64>| match (wanted, ours) {
            (Some(wanted), Some(ours)) => Some(wanted.min(ours)),
            (wanted, ours) => wanted.or(ours),
        };
        let limit = Rlimit {
            current: least(soft),
            maximum: least(hard),
        };
        setrlimit(resource, limit)?;
    }
    Ok(())
}

/// From the root of the sandbox to the function's user, with no way back.
pub(super) fn become_user(identity: Identity) -> io::Result<()> {
    match identity {
        Identity::Two => {
            set_thread_groups(&[])?;
        }
        // A new namespace begins with every capability, so what is dropped is dropped after.
        Identity::One => own_namespace()?,
    }
    for capability in CapabilitySet::all() {
        // Kernels differ in how many they know.
        match remove_capability_from_bounding_set(capability) {
            Ok(()) | Err(rustix::io::Errno::INVAL) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    let (user, group) = (Uid::from_raw(USER_ID), Gid::from_raw(GROUP_ID));
    set_thread_res_gid(group, group, group)?;
    set_thread_res_uid(user, user, user)?;
    clear_ambient_capability_set()?;
    set_capabilities(
        None,
        CapabilitySets {
            effective: CapabilitySet::empty(),
            permitted: CapabilitySet::empty(),
            inheritable: CapabilitySet::empty(),
        },
    )?;
    set_no_new_privs(true)?;
    Ok(())
}

/// A namespace inside the sandbox's, in which its root has the number of the function's user.
#[expect(
    unsafe_code,
    reason = "the call is marked unsafe for a flag that is not used"
)]
fn own_namespace() -> io::Result<()> {
    // SAFETY: what makes the call unsafe is sharing file descriptors; NEWUSER does not touch them.
    unsafe { unshare_unsafe(UnshareFlags::NEWUSER) }?;
    std::fs::write("/proc/self/setgroups", "deny")?;
    std::fs::write("/proc/self/uid_map", format!("{USER_ID} 0 1\n"))?;
    std::fs::write("/proc/self/gid_map", format!("{GROUP_ID} 0 1\n"))
}

/// System calls that no function needs and that much of a kernel's trouble comes through. They
/// answer `EPERM`, as they do where privileges are missing.
const FORBIDDEN: [libc::c_long; 44] = [
    libc::SYS_acct,
    libc::SYS_add_key,
    libc::SYS_bpf,
    libc::SYS_chroot,
    libc::SYS_clock_adjtime,
    libc::SYS_clock_settime,
    libc::SYS_delete_module,
    libc::SYS_fanotify_init,
    libc::SYS_finit_module,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fsopen,
    libc::SYS_fspick,
    libc::SYS_init_module,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_io_uring_setup,
    libc::SYS_kcmp,
    libc::SYS_kexec_file_load,
    libc::SYS_kexec_load,
    libc::SYS_keyctl,
    libc::SYS_lookup_dcookie,
    libc::SYS_mount,
    libc::SYS_mount_setattr,
    libc::SYS_move_mount,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_open_tree,
    libc::SYS_perf_event_open,
    libc::SYS_pivot_root,
    libc::SYS_process_madvise,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_ptrace,
    libc::SYS_quotactl,
    libc::SYS_reboot,
    libc::SYS_request_key,
    libc::SYS_setns,
    libc::SYS_settimeofday,
    libc::SYS_swapoff,
    libc::SYS_swapon,
    libc::SYS_umount2,
    libc::SYS_unshare,
    libc::SYS_userfaultfd,
];

/// Namespaces can also be asked for when a process is made.
const NAMESPACES: [libc::c_int; 7] = [
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWNS,
    libc::CLONE_NEWPID,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWUTS,
    libc::CLONE_NEWNET,
    libc::CLONE_NEWCGROUP,
];

/// The filter of system calls, ready to be put on.
pub(super) fn filter() -> io::Result<BpfProgram> {
    let build = || -> Result<BpfProgram, seccompiler::BackendError> {
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
            FORBIDDEN.iter().map(|&call| (call, Vec::new())).collect();
        let mut namespaces = Vec::new();
        for flag in NAMESPACES {
            let flag = u64::from(flag.cast_unsigned());
            let asked = SeccompCondition::new(
                0,
                SeccompCmpArgLen::Qword,
                SeccompCmpOp::MaskedEq(flag),
                flag,
            )?;
            namespaces.push(SeccompRule::new(vec![asked])?);
        }
        rules.insert(libc::SYS_clone, namespaces);
        // Pushing characters into a terminal is how a program types on its caller's behalf.
        let typed =
            SeccompCondition::new(1, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, libc::TIOCSTI)?;
        rules.insert(libc::SYS_ioctl, vec![SeccompRule::new(vec![typed])?]);
        SeccompFilter::new(
            rules,
            SeccompAction::Allow,
            SeccompAction::Errno(libc::EPERM.cast_unsigned()),
            std::env::consts::ARCH.try_into()?,
        )?
        .try_into()
    };
    build().map_err(io::Error::other)
}

/// The flags of `clone3` lie in memory, where a filter cannot look. Without the call, C libraries
/// use `clone`.
pub(super) fn filter_of_clone3() -> io::Result<BpfProgram> {
    let build = || -> Result<BpfProgram, seccompiler::BackendError> {
        SeccompFilter::new(
            BTreeMap::from([(libc::SYS_clone3, Vec::new())]),
            SeccompAction::Allow,
            SeccompAction::Errno(libc::ENOSYS.cast_unsigned()),
            std::env::consts::ARCH.try_into()?,
        )?
        .try_into()
    };
    build().map_err(io::Error::other)
}
