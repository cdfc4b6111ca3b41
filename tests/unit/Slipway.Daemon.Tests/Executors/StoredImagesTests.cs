using System.Collections.Immutable;
using Slipway.Build;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;
using Slipway.Images;
using Slipway.Images.Referrers;
using Slipway.Pipelines.Lineages;

namespace Slipway.Daemon.Executors;

/// <summary>What lineage tells of the image that made a file.</summary>
public sealed class StoredImagesTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task The_revision_is_the_images_own_else_the_first_commit_that_built_it_and_a_clean_one_before_a_dirty()
    {
        string folder = Directory.CreateTempSubdirectory("slipway-stored-").FullName;
        try
        {
            await using LocalBlobStore blobs = await LocalBlobStore.OpenAsync(Path.Combine(folder, "blobs"), None);
            await using SqliteMetadataStore metadata = await SqliteMetadataStore.OpenAsync(Path.Combine(folder, "metadata.db"), None);
            ImageStore images = new(metadata, blobs, TimeProvider.System);
            ReferrerStore referrers = new(metadata, blobs, new SteppingTime());
            StoredImages stored = new(images, referrers);
            ImmutableDictionary<string, string> notes = ImmutableDictionary<string, string>.Empty.Add(ImageBuilder.DockerfileDigestAnnotation, "sha256:d");
            Image image = await images.AddAsync(new(), [], notes, None);

            Assert.Equal(new ImageFacts("sha256:d", null, null), await stored.FindFactsAsync(image.Digest, None));
            await AttachAsync("1", dirty: true);
            Assert.Equal("1-dirty", (await stored.FindFactsAsync(image.Digest, None))!.Revision);
            await AttachAsync("2", dirty: false);
            await AttachAsync("3", dirty: false);
            Assert.Equal("2", (await stored.FindFactsAsync(image.Digest, None))!.Revision);
            Image noted = await images.AddAsync(new(), [], notes.Add("org.opencontainers.image.revision", "own"), None);
            Assert.Equal("own", (await stored.FindFactsAsync(noted.Digest, None))!.Revision);

            async Task AttachAsync(string commit, bool dirty) => await referrers.AttachAsync(
                image,
                new("application/vnd.in-toto+json", new byte[] { (byte)commit[0] })
                {
                    Annotations = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal)
                        .Add("org.opencontainers.image.revision", commit).Add(ImageBuilder.DirtySourceAnnotation, dirty ? "true" : "false"),
                },
                [],
                None);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A clock that moves a second each time that it is looked at.</summary>
    private sealed class SteppingTime : TimeProvider
    {
        private long _seconds;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddSeconds(Interlocked.Increment(ref _seconds));
    }
}
