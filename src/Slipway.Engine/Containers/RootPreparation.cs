using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>Makes the directories and files that a container starts from.</summary>
internal static class RootPreparation
{
    private const int DirectoryMode = 0x1ED;

    /// <summary>
    /// A layer that stands on top of every image, with what the runtime would otherwise make as mount points in the writable layer: so a
    /// build step's layer holds only what the step did.
    /// </summary>
    public static string MakeMountPoints(string directory)
    {
        string root = Path.Combine(directory, "mount-points");
        foreach (string path in (string[])["dev", "proc", "sys", "etc"])
        {
            Directory.CreateDirectory(Path.Combine(root, path));
            File.SetUnixFileMode(Path.Combine(root, path), (UnixFileMode)DirectoryMode);
        }

        foreach (string path in (string[])["etc/hosts", "etc/hostname", "etc/resolv.conf"])
        {
            string file = Path.Combine(root, path);
            if (!File.Exists(file))
            {
                File.WriteAllBytes(file, []);
            }
        }

        return root;
    }

    /// <summary>Makes the container's own directories; the upper one looks like the image's root.</summary>
    public static void MakeDirectories(ContainerFiles files, Rootfs rootfs)
    {
        foreach (string path in (string[])[files.Upper, files.Work, files.Root, files.ExitDirectory])
        {
            Directory.CreateDirectory(path);
        }

        FileStatus image = Libc.Status(rootfs.LowerDirectories[0]);
        using SafeFileHandle upper = Libc.Open(files.Upper, OpenFlags.Directory);
        Libc.ChangeOwner(upper, (int)image.User, (int)image.Group);
        Libc.Fchmod(upper, image.Permissions);
    }

    /// <summary>Writes /etc/hosts and its kin, and says where they are to be seen.</summary>
    public static List<Mount> MakeNameFiles(ContainerFiles files, string hostname, NetworkMode network)
    {
        string hosts = network == NetworkMode.Host && File.Exists("/etc/hosts")
            ? File.ReadAllText("/etc/hosts")
            : $"127.0.0.1\tlocalhost {hostname}\n::1\tlocalhost ip6-localhost ip6-loopback\n";
        string resolver = network == NetworkMode.Host && File.Exists("/etc/resolv.conf") ? File.ReadAllText("/etc/resolv.conf") : "";
        return
        [
            Write("hosts", hosts),
            Write("hostname", hostname + "\n"),
            Write("resolv.conf", resolver),
        ];

        Mount Write(string name, string text)
        {
            string path = Path.Combine(files.Directory, name);
            File.WriteAllText(path, text);
            return new Mount(path, "/etc/" + name, ReadOnly: false);
        }
    }

    /// <summary>
    /// Makes a directory for each volume that the image declares and the user does not mount over, with what the image has there, as Docker's
    /// anonymous volumes begin.
    /// </summary>
    public static List<Mount> MakeVolumes(ContainerFiles files, ContainerSpec spec, RootFiles root)
    {
        List<Mount> mounts = [];
        foreach (string volume in spec.Image.Config.Volumes)
        {
            string target = "/" + volume.Trim('/');
            if (target == "/" || spec.Mounts.Any(mount => mount.Target.TrimEnd('/') == target))
            {
                continue;
            }

            string path = Path.Combine(files.Volumes, Digest.Of(target).Short);
            if (!Directory.Exists(path))
            {
                Directory.CreateDirectory(path);
                using SafeFileHandle? source = root.TryOpenDirectory(target);
                if (source is not null)
                {
                    TreeCopy.Copy(source, path);
                }
            }

            mounts.Add(new Mount(path, target, ReadOnly: false));
        }

        return mounts;
    }

    /// <summary>Makes the working directory in the root, unless a mount will cover it.</summary>
    public static void MakeWorkingDirectory(RootFiles root, ContainerSpec spec)
    {
        string directory = SpecBuilder.WorkingDirectory(spec);
        if (directory == "/" || spec.Mounts.Any(mount => (directory + "/").StartsWith(mount.Target.TrimEnd('/') + "/", StringComparison.Ordinal)))
        {
            return;
        }

        try
        {
            root.MakeDirectories(directory);
        }
        catch (LinuxException fault)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"the working directory '{directory}' cannot be made: {fault.Message}", "Give another one with --workdir.", fault);
        }
    }
}
