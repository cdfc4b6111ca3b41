using System.Formats.Tar;
using Slipway.Content;

namespace Slipway.Images.Repositories;

/// <summary>A home from before there was a registry: its images have names, and no links.</summary>
public sealed class RepositoryUpgradeTests
{
    private static readonly string[] LinkTables = ["repository-manifests", "repository-blobs", "repository-referrers"];

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Every_named_image_is_linked_where_its_names_are_and_only_once()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Image one = await ImportAsync(store, "a", "demo:1"), two = await ImportAsync(store, "b", "ghcr.io/org/app:2");
        await store.Images.TagAsync(one.Digest.ToString(), ImageReference.Parse("other/demo:latest"), None);
        await ForgetLinksAsync(store);
        RepositoryStore repositories = new(store.Metadata, store.Blobs, TimeProvider.System);
        Assert.Empty(await repositories.ListAsync(None));

        await RepositoryUpgrade.RunAsync(store.Metadata, store.Blobs, TimeProvider.System, None);
        Assert.Equal(["demo", "ghcr.io/org/app", "other/demo"], (await repositories.ListAsync(None)).ToArray());
        foreach ((string name, Image image) in new[] { ("demo", one), ("other/demo", one), ("ghcr.io/org/app", two) })
        {
            Assert.True(RepositoryName.TryParse(name, out RepositoryName? repository));
            ManifestRecord manifest = (await repositories.FindManifestAsync(repository, image.Digest.ToString(), None))!;
            Assert.Equal(new HashSet<Digest>([image.ConfigDigest, .. image.Layers.Select(layer => layer.Descriptor.Digest)]), [.. manifest.Blobs]);
            foreach (Digest blob in manifest.Blobs)
            {
                Assert.NotNull(await repositories.FindBlobAsync(repository, blob, renew: false, None));
            }
        }

        ManifestRecord before = await FindAsync(repositories, "demo", one);
        await RepositoryUpgrade.RunAsync(store.Metadata, store.Blobs, TimeProvider.System, None);
        Assert.Equal(before.Added, (await FindAsync(repositories, "demo", one)).Added);
    }

    [Fact]
    public async Task An_image_that_cannot_be_read_is_left_and_the_others_are_linked()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Image lost = await ImportAsync(store, "a", "lost:1"), kept = await ImportAsync(store, "b", "kept:1");
        await ForgetLinksAsync(store);
        await store.Blobs.DeleteAsync([lost.Digest], None);
        await RepositoryUpgrade.RunAsync(store.Metadata, store.Blobs, TimeProvider.System, None);
        RepositoryStore repositories = new(store.Metadata, store.Blobs, TimeProvider.System);
        Assert.Equal(["kept"], (await repositories.ListAsync(None)).ToArray());
        Assert.Equal(kept.Digest, (await FindAsync(repositories, "kept", kept)).Manifest);
    }

    private static async Task<ManifestRecord> FindAsync(RepositoryStore repositories, string name, Image image)
    {
        Assert.True(RepositoryName.TryParse(name, out RepositoryName? repository));
        return (await repositories.FindManifestAsync(repository, image.Digest.ToString(), None))!;
    }

    private static async Task<Image> ImportAsync(TemporaryStore store, string content, string name)
    {
        using MemoryStream tar = new();
        await using (TarWriter writer = new(tar, leaveOpen: true))
        {
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "file") { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)) });
        }

        return await store.Images.ImportAsync(new MemoryStream(tar.ToArray()), ImageReference.Parse(name), new(), None);
    }

    private static async Task ForgetLinksAsync(TemporaryStore store) => await store.Metadata.WriteAsync(
        async transaction =>
        {
            foreach (string table in LinkTables)
            {
                foreach ((string key, _) in await transaction.ScanAsync(table, null, null, None).ToListAsync())
                {
                    await transaction.DeleteAsync(table, key, None);
                }
            }

            return true;
        },
        None);
}
