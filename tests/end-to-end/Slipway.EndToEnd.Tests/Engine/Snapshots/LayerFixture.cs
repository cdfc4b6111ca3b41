using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Engine;
using Slipway.Images.Layers;
using Slipway.Linux;

namespace Slipway.EndToEnd.Engine.Snapshots;

/// <summary>A folder in which layers are unpacked and mounted, to be compared.</summary>
internal sealed class LayerFixture : IDisposable
{
    // Times that tests give are before it; what extraction leaves to the clock is after it.
    private const long ClockSeconds = 1_600_000_000;

    private readonly List<string> _mounted = [];
    private int _next;

    public string Folder { get; } = Directory.CreateTempSubdirectory("slipway-layers-").FullName;

    /// <summary>The tar of these entries.</summary>
    public string Tar(params IEnumerable<LayerEntry> entries)
    {
        string path = NewPath();
        using FileStream output = File.Create(path);
        LayerWriter writer = new(output);
        foreach (LayerEntry entry in entries)
        {
            writer.Write(entry);
        }

        writer.Finish();
        return path;
    }

    /// <summary>The tar's directory as extraction makes it.</summary>
    public string Extract(string tar, params IEnumerable<string> lower)
    {
        string target = Directory.CreateDirectory(NewPath()).FullName;
        using LayerExtractor extractor = new(target, lower);
        using LayerReader reader = LayerReader.OfTar(File.OpenRead(tar));
        extractor.Extract(reader, CancellationToken.None);
        return target;
    }

    /// <summary>The tar's directory as a layer mount shows it.</summary>
    /// <exception cref="OddLayerException">It is to be unpacked.</exception>
    public string Mount(string tar, params IEnumerable<string> lower)
    {
        using SafeFileHandle handle = Libc.Open(tar, OpenFlags.ReadOnly);
        LayerTree tree = LayerMounts.ReadTree(handle, lower);
        string image = NewPath(), target = Directory.CreateDirectory(NewPath()).FullName;
        using (FileStream output = File.Create(image))
        {
            ErofsImage.Write(output, tree.Root, RandomAccess.GetLength(handle), new byte[16]);
        }

        LayerMounts.Mount(image, handle, target);
        _mounted.Add(target);
        return target;
    }

    /// <summary>Whether a layer is left to extraction.</summary>
    public bool IsOdd(string tar, params IEnumerable<string> lower)
    {
        try
        {
            Mount(tar, lower);
            return false;
        }
        catch (Exception odd) when (odd is OddLayerException or LinuxException)
        {
            return true;
        }
    }

    /// <summary>Everything that a directory shows, a line a path: type and mode, owner, time, attributes, content; and names of one file as one.</summary>
    public static string Describe(string root)
    {
        StringBuilder text = new();
        Dictionary<ulong, string> first = [];
        foreach (string path in Below(root).Order(StringComparer.Ordinal))
        {
            FileStatus status = Libc.Status(path);
            string name = path[root.Length..];
            string content = status.IsSymlink ? "->" + new FileInfo(path).LinkTarget
                : status.IsRegular ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))[..12] : "";
            string same = status.IsDirectory || first.TryAdd(status.Inode, name) ? "" : $" is {first[status.Inode]}";
            string xattrs = string.Join(' ', Libc.ListXattrs(path).Order(StringComparer.Ordinal).Select(xattr => $"{xattr}={Convert.ToHexStringLower(Libc.GetXattr(path, xattr) ?? [])}"));
            text.AppendLine(CultureInfo.InvariantCulture, $"{name} {Convert.ToString(status.Mode, 8)} {status.User}:{status.Group} {(status.IsDirectory ? 0 : status.Links)} {(status.IsDirectory ? 0 : status.Size)} {status.NodeDevice:x} {xattrs} {content}{same}");
        }

        return text.ToString();
    }

    /// <summary>The times of what an entry described: those of implied directories and of whiteouts extraction leaves to the clock.</summary>
    public static Dictionary<string, UnixTime> Times(string root, IReadOnlyCollection<string>? only = null)
    {
        Dictionary<string, UnixTime> times = [];
        foreach (string path in Below(root))
        {
            FileStatus status = Libc.Status(path);
            if (only?.Contains(path[root.Length..]) ?? status.ModifiedSeconds < ClockSeconds)
            {
                times[path[root.Length..]] = new(status.ModifiedSeconds, (int)status.ModifiedNanoseconds);
            }
        }

        return times;
    }

    /// <summary>That a mount shows what extraction makes.</summary>
    public static void AssertSame(string extracted, string mounted, string hint = "")
    {
        Assert.Equal(hint + Describe(extracted), hint + Describe(mounted));
        Dictionary<string, UnixTime> times = Times(extracted);
        Assert.Equal(times.OrderBy(pair => pair.Key, StringComparer.Ordinal), Times(mounted, times.Keys).OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    public void Dispose()
    {
        _mounted.ForEach(target => Libc.Unmount(target));
        DirectoryTree.Delete(Folder);
    }

    // .NET's own recursion goes through symlinks to directories, and takes names that begin with a dot for hidden ones, which it leaves out unless told.
    private static List<string> Below(string root)
    {
        List<string> paths = [root];
        for (int next = 0; next < paths.Count; next++)
        {
            if (Libc.Status(paths[next]).IsDirectory)
            {
                paths.AddRange(Directory.GetFileSystemEntries(paths[next], "*", new EnumerationOptions { AttributesToSkip = 0 }));
            }
        }

        return paths;
    }

    private string NewPath() => Path.Combine(Folder, $"{_next++}");
}
