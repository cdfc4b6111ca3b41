using System.Collections.Immutable;
using Slipway.Build;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;
using Slipway.EndToEnd.Support;
using Slipway.Engine;
using Slipway.Images;
using Slipway.Linux;

namespace Slipway.EndToEnd.Build;

/// <summary>A builder over stores, snapshots and an engine in a folder of its own, with busybox imported as <c>base</c>.</summary>
internal sealed class BuildHome : IAsyncDisposable
{
    private readonly string _folder;
    private readonly LocalBlobStore _blobs;
    private readonly SqliteMetadataStore _metadata;
    private int _next;

    private BuildHome(string folder, LocalBlobStore blobs, SqliteMetadataStore metadata, SnapshotStore snapshots, ContainerEngine engine)
    {
        _folder = folder;
        _blobs = blobs;
        _metadata = metadata;
        Snapshots = snapshots;
        Engine = engine;
        Images = new(metadata, blobs, TimeProvider.System);
        Builder = new(Images, snapshots, engine, blobs, metadata, Path.Combine(folder, "work"), Path.Combine(folder, "build-caches"), TimeProvider.System);
    }

    public ImageStore Images { get; }

    public IBlobStore Blobs => _blobs;

    public ImageBuilder Builder { get; }

    public SnapshotStore Snapshots { get; }

    public ContainerEngine Engine { get; }

    /// <summary>Told each piece of a command's output.</summary>
    public event Action<string>? Said;

    /// <summary>What builds have left of their temporary folders.</summary>
    public string[] WorkFolders => Directory.GetFileSystemEntries(Path.Combine(_folder, "work"));

    /// <summary>What the last build said.</summary>
    public List<BuildEvent> Events { get; } = [];

    /// <param name="mountsLayers">False: as on a kernel that cannot, every layer is unpacked.</param>
    public static async Task<BuildHome> OpenAsync(bool mountsLayers = true)
    {
        string folder = Directory.CreateTempSubdirectory("slipway-build-").FullName;
        LocalBlobStore blobs = await LocalBlobStore.OpenAsync(Path.Combine(folder, "blobs"), CancellationToken.None);
        SqliteMetadataStore metadata = await SqliteMetadataStore.OpenAsync(Path.Combine(folder, "metadata.db"), CancellationToken.None);
        SnapshotStore snapshots = mountsLayers ? new(Path.Combine(folder, "snapshots"), blobs) : new(Path.Combine(folder, "snapshots"), blobs, leastMounted: long.MaxValue);
        ContainerEngine engine = await ContainerEngine.OpenAsync(new(Path.Combine(folder, "engine")), snapshots, TimeProvider.System, CancellationToken.None);
        BuildHome home = new(folder, blobs, metadata, snapshots, engine);
        await using FileStream tar = File.OpenRead(await BusyboxRoot.TarAsync());
        await home.Images.ImportAsync(tar, ImageReference.Parse("base"), new ImageConfig { Env = ["PATH=/bin"] }, CancellationToken.None);
        return home;
    }

    /// <summary>A context of these files, by path and text; a text of <c>-></c> and a target is a symlink, a path that ends in a slash a folder.</summary>
    public string Context(params (string Path, string Text)[] files)
    {
        string context = Path.Combine(_folder, $"context-{_next++}");
        Directory.CreateDirectory(context);
        foreach ((string path, string text) in files)
        {
            string full = Path.Combine(context, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            if (text.StartsWith("->", StringComparison.Ordinal))
            {
                File.CreateSymbolicLink(full, text[2..]);
            }
            else if (!path.EndsWith('/'))
            {
                File.WriteAllText(full, text);
            }
        }

        return context;
    }

    public async Task<BuildResult> BuildAsync(string dockerfile, string? context = null, bool noCache = false, IReadOnlyDictionary<string, string>? args = null, string? tag = null, Func<BuildRequest, BuildRequest>? with = null, CancellationToken cancellationToken = default)
    {
        Events.Clear();
        BuildRequest request = new()
        {
            ContextDirectory = context ?? Context(),
            DockerfileText = dockerfile,
            NoCache = noCache,
            BuildArgs = args ?? ImmutableDictionary<string, string>.Empty,
            Tags = tag is null ? [] : [ImageReference.Parse(tag)],
            IgnoredPaths = ["secret"],
        };
        return await Builder.BuildAsync(with?.Invoke(request) ?? request, new Recorder(this), cancellationToken);
    }

    /// <summary>Whether some file below the home holds this text.</summary>
    public bool Holds(string text)
    {
        byte[] wanted = System.Text.Encoding.UTF8.GetBytes(text);
        return Below(_folder).Where(path => Libc.Status(path).IsRegular && Path.GetFileName(path) != "lock").Any(path => Read(path).AsSpan().IndexOf(wanted) >= 0);

        static byte[] Read(string path)
        {
            // Beside the stores, which have them open.
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] content = new byte[file.Length];
            file.ReadExactly(content);
            return content;
        }
    }

    /// <summary>The image's files by path: mode, owner, and text or link target.</summary>
    public async Task<IReadOnlyDictionary<string, string>> FilesAsync(Image image)
    {
        Rootfs rootfs = await Snapshots.PrepareAsync(image, CancellationToken.None);
        string target = Path.Combine(_folder, $"view-{_next++}");
        Directory.CreateDirectory(target);
        await using OverlayMount mount = OverlayMount.MountReadOnly(rootfs.LowerDirectories, target);
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (string path in Below(target).Prepend(target))
        {
            FileStatus status = Libc.Status(path);
            string content = status.IsSymlink ? "->" + new FileInfo(path).LinkTarget : status is { IsRegular: true, Size: < 4096 } ? File.ReadAllText(path) : "";
            files[path == target ? "/" : path[target.Length..]] = $"{Convert.ToString(status.Permissions, 8)} {status.User}:{status.Group} {content}".TrimEnd('\n', ' ');
        }

        return files;
    }

    // Not by the framework's recursion: it follows symlinks, and an image's may lead to "/".
    private static IEnumerable<string> Below(string folder) => new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0 })
        .SelectMany(entry => entry is DirectoryInfo { LinkTarget: null } ? Below(entry.FullName).Prepend(entry.FullName) : [entry.FullName]);

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await Snapshots.DisposeAsync();
        await _metadata.DisposeAsync();
        await _blobs.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class Recorder(BuildHome home) : IProgress<BuildEvent>
    {
        public void Report(BuildEvent value)
        {
            home.Events.Add(value);
            if (value is StepOutput output)
            {
                home.Said?.Invoke(output.Text);
            }
        }
    }
}
