using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>
/// The mount namespace that the server lives in, apart from the host's: what it mounts nobody else sees or holds, a killed server's mounts
/// vanish with its last container, and where version 2 of the cgroups is mounted beside version 1 ("hybrid") it is taken out of sight, because
/// crun refuses to run beside it.
/// </summary>
public static class ServerNamespace
{
    private const string Marker = "SLIPWAY_SERVER_NAMESPACE";
    private const string HybridUnified = "/sys/fs/cgroup/unified";

    /// <summary>
    /// Call it first in <c>slipway serve</c>. The first time it moves the process into a namespace of its own by executing the same program with
    /// the same arguments again, and does not return; that second time it returns true. Without root it changes nothing and returns false.
    /// Works for a single file, an apphost and <c>dotnet x.dll</c>. The process keeps its id.
    /// </summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.PermissionDenied"/>: root, but not allowed to make mounts.</exception>
    public static bool EnterOrContinue()
    {
        if (Environment.GetEnvironmentVariable(Marker) is not null)
        {
            // Not for the children: a server started from within a container is to make its own.
            Environment.SetEnvironmentVariable(Marker, null);
            return true;
        }

        if (Libc.EffectiveUser() != 0)
        {
            return false;
        }

        List<byte[]> arguments = Split(File.ReadAllBytes("/proc/self/cmdline"));
        List<byte[]> environment = Split(File.ReadAllBytes("/proc/self/environ"));
        environment.Add([.. System.Text.Encoding.UTF8.GetBytes(Marker), .. "=1"u8]);
        string? named = File.ResolveLinkTarget("/proc/self/exe", returnFinalTarget: true)?.FullName;
        string program = File.Exists(named) ? named : "/proc/self/exe";
        try
        {
            Libc.UnshareMounts();
            Libc.Mount(null, "/", null, MountFlags.Recursive | MountFlags.Slave);
            if (Directory.Exists(HybridUnified))
            {
                Libc.Unmount(HybridUnified);
            }

            Libc.Execute(program, arguments, environment);
            return false;
        }
        catch (LinuxException fault)
        {
            throw new SlipwayException(
                ErrorKind.PermissionDenied,
                $"the server cannot make a mount namespace of its own: {fault.Message}",
                "Run it as root with CAP_SYS_ADMIN; in a container, with --privileged.",
                fault);
        }
    }

    private static List<byte[]> Split(byte[] strings)
    {
        List<byte[]> parts = [];
        ReadOnlySpan<byte> rest = strings;
        while (rest.IndexOf((byte)0) is var end && end >= 0)
        {
            parts.Add(rest[..end].ToArray());
            rest = rest[(end + 1)..];
        }

        return parts;
    }
}
