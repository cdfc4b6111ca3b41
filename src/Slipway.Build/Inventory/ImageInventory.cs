using System.Collections.Immutable;
using Slipway.Build.Contexts;
using Slipway.Build.Inventory.Rpm;
using Slipway.Build.Inventory.Spdx;
using Slipway.Build.Running;
using Slipway.Content;
using Slipway.Engine;
using Slipway.Images;
using Slipway.Images.Referrers;

namespace Slipway.Build.Inventory;

/// <summary>Lists the packages that an image's files hold: a bill of materials. Nothing in the image runs, and the same image gives the same list, byte for byte.</summary>
/// <param name="workDirectory">For the place where its files are mounted, on the file system of the snapshots.</param>
public sealed class ImageInventory(SnapshotStore snapshots, string workDirectory)
{
    /// <summary>The bill, as a document to attach.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: a package database cannot be read; the message names it.</exception>
    public async ValueTask<Artifact> ReadAsync(Image image, CancellationToken cancellationToken)
    {
        using BuildScratch scratch = new(workDirectory);
        if (image.Layers.IsEmpty)
        {
            return SpdxDocument.Of(image, new(null, null, null), []);
        }

        Rootfs rootfs = await snapshots.PrepareAsync(image, cancellationToken);
        await using OverlayMount mount = OverlayMount.MountReadOnly(rootfs.LowerDirectories, scratch.NewFolder("files"));
        using SourceTree tree = SourceTree.Open(mount.Target);
        ImageTree files = new(tree);
        return await Task.Run(() => SpdxDocument.Of(image, ImageSystem.Read(files), PackagesOf(files, scratch, cancellationToken)), cancellationToken);
    }

    /// <summary>Every package once, by kind, name, version and place.</summary>
    internal static ImmutableArray<Package> PackagesOf(ImageTree files, BuildScratch scratch, CancellationToken cancellationToken)
    {
        IEnumerable<Package> ofSystem = [.. DpkgPackages.Read(files), .. ApkPackages.Read(files), .. new RpmPackages(scratch).Read(files)];
        return
        [
            .. ofSystem.Concat(files.Walk(cancellationToken).Select(entry => FromEntry(files, entry)).OfType<Package>())
                .DistinctBy(package => (package.Kind, package.Name, package.Version, package.Architecture, package.Location))
                .OrderBy(package => package.Kind)
                .ThenBy(package => package.Name, StringComparer.Ordinal)
                .ThenBy(package => package.Version, StringComparer.Ordinal)
                .ThenBy(package => package.Architecture, StringComparer.Ordinal)
                .ThenBy(package => package.Location, StringComparer.Ordinal),
        ];
    }

    private static Package? FromEntry(ImageTree files, SourceEntry entry)
    {
        bool isFolder = entry.Status.IsDirectory;
        if (PythonPackages.MetadataOf(entry.Path, isFolder) is { } metadata)
        {
            return files.ReadText(metadata) is { } text ? PythonPackages.Parse(text, metadata) : null;
        }

        if (!isFolder && JsonPackages.IsConda(entry.Path))
        {
            return files.ReadBytes(entry.Path) is { } json ? JsonPackages.ParseConda(json, entry.Path) : null;
        }

        string manifest = entry.Path + "/package.json";
        return isFolder && JsonPackages.IsNpmFolder(entry.Path) && files.ReadBytes(manifest) is { } npm ? JsonPackages.ParseNpm(npm, manifest) : null;
    }
}
