using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Slipway.Content.Metadata;

/// <summary>
/// A typed view of one metadata table: records as source-generated JSON under ordered keys. A key of several parts joins them with
/// <c>'\u001f'</c> (see <see cref="TableKey"/>), so that a prefix of parts is a range.
/// </summary>
public sealed class Table<T>(string name, JsonTypeInfo<T> json)
    where T : class
{
    /// <summary>The record under <paramref name="key"/>, or null.</summary>
    public async ValueTask<T?> FindAsync(IMetadataReader reader, string key, CancellationToken cancellationToken)
    {
        byte[]? value = await reader.GetAsync(name, key, cancellationToken);
        return value is null ? null : Decode(key, value);
    }

    /// <summary>Every record whose key begins with the parts of <paramref name="prefix"/> (null or empty: the whole table), in key order.</summary>
    public async IAsyncEnumerable<KeyValuePair<string, T>> ScanAsync(
        IMetadataReader reader, string? prefix, [EnumeratorCancellation] CancellationToken cancellationToken, bool descending = false, int limit = int.MaxValue)
    {
        string? from = string.IsNullOrEmpty(prefix) ? null : prefix + TableKey.Separator;
        string? to = from is null ? null : prefix + (char)(TableKey.Separator + 1);
        await foreach ((string key, byte[] value) in reader.ScanAsync(name, from, to, cancellationToken, descending, limit))
        {
            yield return new(key, Decode(key, value));
        }
    }

    /// <summary>Sets the record under <paramref name="key"/>.</summary>
    public ValueTask PutAsync(IMetadataTransaction transaction, string key, T record, CancellationToken cancellationToken) =>
        transaction.PutAsync(name, key, JsonSerializer.SerializeToUtf8Bytes(record, json), cancellationToken);

    /// <summary>Removes the record under <paramref name="key"/>; true where it was there.</summary>
    public ValueTask<bool> DeleteAsync(IMetadataTransaction transaction, string key, CancellationToken cancellationToken) =>
        transaction.DeleteAsync(name, key, cancellationToken);

    private T Decode(string key, byte[] value) => RecordJson.Decode(name, key, value, json);
}
