using System.Text;
using Slipway.Content;
using Slipway.Content.Blobs;

namespace Slipway.Images.Repositories;

/// <summary>A manifest that is deleted takes with it what was there for its sake.</summary>
public sealed class ManifestDeletionTests
{
    private static readonly RepositoryName Here = RepositoryName.Of(ImageReference.Parse("team/app:1"));
    private static readonly RepositoryName There = RepositoryName.Of(ImageReference.Parse("team/other:1"));

    [Fact]
    public async Task What_is_said_about_it_goes_and_what_is_said_about_that()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        RepositoryStore repositories = new(store.Metadata, store.Blobs, TimeProvider.System);
        Digest image = await PutAsync(store, Here, null, "image", "1"), list = await PutAsync(store, Here, image, "a list of packages"), signature = await PutAsync(store, Here, list, "a signature");
        await PutAsync(store, There, null, "image", "1");
        await PutAsync(store, There, image, "a list of packages");
        Assert.True(await repositories.DeleteManifestAsync(Here, image, isUsed: false, CancellationToken.None));

        Assert.Empty(await repositories.ListReferrersAsync(Here, image, CancellationToken.None));
        Assert.All(await FindAllAsync(repositories, Here, image, list, signature), Assert.Null);
        Assert.All(await FindAllAsync(repositories, There, image, list), Assert.NotNull);
        Assert.False(await repositories.DeleteManifestAsync(Here, list, isUsed: false, CancellationToken.None));
    }

    [Fact]
    public async Task What_has_a_tag_or_is_in_an_index_stays()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        RepositoryStore repositories = new(store.Metadata, store.Blobs, TimeProvider.System);
        Digest image = await PutAsync(store, Here, null, "image", "1");
        Digest tagged = await PutAsync(store, Here, image, "tagged", "signature"), listed = await PutAsync(store, Here, image, "listed"), about = await PutAsync(store, Here, tagged, "about what is tagged");
        string index = $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":[{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{listed}}","size":1}]}""";
        await repositories.PutManifestAsync(Here, Encoding.UTF8.GetBytes(index), MediaTypes.OciIndex, null, whole: true, CancellationToken.None);
        Assert.True(await repositories.DeleteManifestAsync(Here, image, isUsed: false, CancellationToken.None));
        Assert.All(await FindAllAsync(repositories, Here, tagged, listed, about), Assert.NotNull);
    }

    [Fact]
    public async Task A_long_chain_goes_and_what_comes_after_it_is_new()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        RepositoryStore repositories = new(store.Metadata, store.Blobs, TimeProvider.System);

        // No digest names itself, so a chain is the longest thing there is; a subject may be absent, and be deleted before what is about it comes.
        Digest last = await PutAsync(store, Here, null, "image");
        Digest first = last;
        List<Digest> chain = [];
        for (int i = 0; i < 50; i++)
        {
            chain.Add(last = await PutAsync(store, Here, last, $"link {i}"));
        }

        Assert.True(await repositories.DeleteManifestAsync(Here, first, isUsed: false, CancellationToken.None));
        Assert.All(await FindAllAsync(repositories, Here, [.. chain]), Assert.Null);
        await PutAsync(store, Here, first, "late");
        Assert.Single(await repositories.ListReferrersAsync(Here, first, CancellationToken.None));
    }

    /// <summary>Puts an artifact, about another where there is a subject.</summary>
    private static async Task<Digest> PutAsync(TemporaryStore store, RepositoryName repository, Digest? subject, string text, string? tag = null)
    {
        RepositoryStore repositories = new(store.Metadata, store.Blobs, TimeProvider.System);
        using MemoryStream layer = new(Encoding.UTF8.GetBytes(text)), config = new("{}"u8.ToArray());
        BlobInfo[] parts = [await store.Blobs.PutAsync(layer, null, CancellationToken.None), await store.Blobs.PutAsync(config, null, CancellationToken.None)];
        foreach (BlobInfo part in parts)
        {
            await repositories.AddBlobAsync(repository, part, CancellationToken.None);
        }

        string about = subject is null ? "" : $$""","subject":{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{subject}}","size":1}""";
        string manifest = $$"""
            {"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{{parts[1].Digest}}","size":2},
            "layers":[{"mediaType":"text/plain","digest":"{{parts[0].Digest}}","size":{{parts[0].Size}}}]{{about}} }
            """;
        return (await repositories.PutManifestAsync(repository, Encoding.UTF8.GetBytes(manifest), MediaTypes.OciManifest, tag, whole: true, CancellationToken.None)).Manifest;
    }

    private static async Task<ManifestRecord?[]> FindAllAsync(RepositoryStore repositories, RepositoryName repository, params Digest[] manifests)
    {
        List<ManifestRecord?> found = [];
        foreach (Digest manifest in manifests)
        {
            found.Add(await repositories.FindManifestAsync(repository, manifest.ToString(), CancellationToken.None));
        }

        return [.. found];
    }
}
