using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data.Trees;

namespace Slipway.Data.Tests.Doubles;

/// <summary>Short forms for the tests of this room.</summary>
internal static class Edits
{
    public static TreeEntry File(string text) => TreeEntry.File("", text.Length, Digest.Of(text));

    public static TreeEdit Put(string path, string text = "x") => new PutEntry(DataPath.Parse(path), File(text));

    public static TreeEdit Delete(string path) => new DeletePath(DataPath.Parse(path));

    /// <summary>A store over its own blobs.</summary>
    public static TreeStore Store() => new(new InMemoryBlobStore());

    public static async Task<Digest> TreeAsync(this TreeStore trees, params TreeEdit[] edits) =>
        await trees.ApplyAsync(await trees.EmptyAsync(default), edits, default);

    public static async Task<Dictionary<string, string>> FilesAsync(this TreeStore trees, Digest root) =>
        await trees.WalkAsync(root, default).ToDictionaryAsync(e => e.Key.ToString(), e => e.Value.Digest.Hex);

    public static async Task<SlipwayException> FailsAsync(Func<ValueTask> call) => await Assert.ThrowsAsync<SlipwayException>(async () => await call());

    public static async Task<Digest> PutTextAsync(this IBlobStore blobs, string text) =>
        (await blobs.PutAsync(System.Text.Encoding.UTF8.GetBytes(text), default)).Digest;
}
