using FsCheck;
using FsCheck.Fluent;
using Slipway.Content.Blobs;

namespace Slipway.Content.Tests.Blobs;

/// <summary>Random lives of a store beside a dictionary: whatever the order of puts, deletes, flushes, closes and crashes, both agree.</summary>
public sealed class BlobStoreModelTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryDirectory _directory = new("/dev/shm");
    private int _life;

    private enum Verb
    {
        PutSmall,
        PutStream,
        PutLarge,
        Adopt,
        Delete,
        Flush,
        Reopen,
        Crash,
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void It_agrees_with_a_dictionary()
    {
        Gen<(Verb Verb, int Blob)[]> life = Gen.ArrayOf(
            from verb in Gen.Frequency(
                (8, Gen.Constant(Verb.PutSmall)),
                (3, Gen.Constant(Verb.PutStream)),
                (2, Gen.Constant(Verb.PutLarge)),
                (2, Gen.Constant(Verb.Adopt)),
                (6, Gen.Constant(Verb.Delete)),
                (2, Gen.Constant(Verb.Flush)),
                (1, Gen.Constant(Verb.Reopen)),
                (1, Gen.Constant(Verb.Crash)))
            from blob in Gen.Choose(0, 24)
            select (verb, blob));
        Prop.ForAll(Arb.From(life.Resize(120)), steps => LiveAsync(steps).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    private static byte[] Content(Verb verb, int blob)
    {
        byte[] content = new byte[(verb is Verb.PutLarge or Verb.Adopt ? 65_530 : 100) + (blob * 30)];
        new Random(blob).NextBytes(content);
        return content;
    }

    private async Task LiveAsync((Verb Verb, int Blob)[] steps)
    {
        string path = _directory[$"{_life++}"];
        HashSet<Digest> durable = [];
        HashSet<Digest> deleted = [];
        Dictionary<Digest, byte[]> model = [];
        LocalBlobStore store = await LocalBlobStore.OpenAsync(path, 4000, None);
        int step = 0;
        try
        {
            foreach ((Verb verb, int blob) in steps)
            {
                byte[] content = Content(verb, blob);
                switch (verb)
                {
                    case Verb.PutSmall or Verb.PutLarge:
                        model[(await store.PutAsync(content, None)).Digest] = content;
                        break;
                    case Verb.PutStream:
                        model[(await store.PutAsync(new MemoryStream(content), Digest.Of(content), None)).Digest] = content;
                        break;
                    case Verb.Adopt:
                        await File.WriteAllBytesAsync(_directory["file"], content);
                        model[(await store.AdoptAsync(_directory["file"], None)).Digest] = content;
                        break;
                    case Verb.Delete:
                        // Half of the time something that is there.
                        Digest victim = blob % 2 == 0 && model.Count > 0 ? model.Keys.ElementAt(blob % model.Count) : Digest.Of(content);
                        await store.DeleteAsync([victim], None);
                        model.Remove(victim);
                        durable.Remove(victim);
                        deleted.Add(victim);
                        break;
                    case Verb.Flush:
                        await store.FlushAsync(None);
                        durable = [.. model.Keys];
                        break;
                    case Verb.Reopen:
                        await store.DisposeAsync();
                        store = await LocalBlobStore.OpenAsync(path, 4000, None);
                        Assert.True(store.Recovered.IsClean);
                        durable = [.. model.Keys];
                        deleted = [];
                        break;
                    default:
                        string crashed = _directory[$"{_life++}"];
                        CrashTests.CopyTree(path, crashed);
                        await store.DisposeAsync();
                        path = crashed;
                        store = await LocalBlobStore.OpenAsync(path, 4000, None);
                        await AgreeAfterCrashAsync(store, model, durable, deleted);
                        break;
                }

                if (verb is Verb.Reopen or Verb.Crash || ++step % 12 == 0)
                {
                    await AgreeAsync(store, model);
                }
            }

            await AgreeAsync(store, model);
        }
        finally
        {
            await store.DisposeAsync();
        }
    }

    /// <summary>Flushed blobs are there; others may be or not, and the model takes over what is found.</summary>
    private static async Task AgreeAfterCrashAsync(
        LocalBlobStore store, Dictionary<Digest, byte[]> model, HashSet<Digest> durable, HashSet<Digest> deleted)
    {
        Assert.Empty(await store.FindMissingAsync(durable, None));
        foreach (Digest missing in await store.FindMissingAsync(model.Keys, None))
        {
            model.Remove(missing);
        }

        // A deletion that was not flushed may be undone by a crash.
        await store.DeleteAsync([.. deleted.Except(model.Keys)], None);
    }

    private static async Task AgreeAsync(LocalBlobStore store, Dictionary<Digest, byte[]> model)
    {
        foreach ((Digest digest, byte[] content) in model)
        {
            Assert.Equal(content, await store.ReadAllAsync(digest, None));
        }

        for (int blob = 0; blob <= 24; blob++)
        {
            foreach (Verb verb in new[] { Verb.PutSmall, Verb.PutLarge })
            {
                Digest digest = Digest.Of(Content(verb, blob));
                Assert.Equal(model.ContainsKey(digest), await store.FindAsync(digest, None) is not null);
            }
        }
    }
}
