using System.Text;

namespace Slipway.Api;

/// <summary>
/// A command line that a client asks its server to carry out in the server's own process (a warm command): the client has then nothing to load. On the wire it
/// is this record's bytes after their length, 4 bytes with the least first; see <see cref="CommandChannel"/> for what comes back.
/// </summary>
public sealed record CommandCall
{
    /// <summary>The longest that a server takes, in bytes: the kernel gives a process 2 MiB of arguments and environment by default.</summary>
    public const int MaximumLength = 8 * 1024 * 1024;

    /// <summary>The client's executable. A server of another build declines: it would understand the words in another way.</summary>
    public required SeenFile Program { get; init; }

    /// <summary>What relative paths start from.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The words after the program's name.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The client's variables as execve(2) got them: <c>NAME=VALUE</c>, each ended by a NUL.</summary>
    public required byte[] Environment { get; init; }

    /// <summary>Files and folders that the command is about. A server that sees another one at any of the paths declines.</summary>
    public required IReadOnlyList<SeenFile> Seen { get; init; }

    public byte[] ToBytes()
    {
        MemoryStream bytes = new();
        BinaryWriter writer = new(bytes, Encoding.UTF8);
        Write(writer, Program);
        writer.Write(WorkingDirectory);
        writer.Write(Arguments.Count);
        foreach (string argument in Arguments)
        {
            writer.Write(argument);
        }

        writer.Write(Environment.Length);
        writer.Write(Environment);
        writer.Write(Seen.Count);
        foreach (SeenFile file in Seen)
        {
            Write(writer, file);
        }

        return bytes.ToArray();
    }

    /// <exception cref="InvalidDataException">They are not a call's bytes.</exception>
    public static CommandCall Parse(byte[] bytes)
    {
        try
        {
            using BinaryReader reader = new(new MemoryStream(bytes, writable: false), Encoding.UTF8);
            CommandCall call = new()
            {
                Program = ReadFile(reader),
                WorkingDirectory = reader.ReadString(),
                Arguments = ReadMany(reader, static reader => reader.ReadString()),
                Environment = ReadBytes(reader),
                Seen = ReadMany(reader, ReadFile),
            };
            return reader.BaseStream.Position == bytes.Length ? call : throw new InvalidDataException("a command call has bytes after its end");
        }
        catch (Exception fault) when (fault is EndOfStreamException or FormatException or ArgumentException)
        {
            throw new InvalidDataException("a command call is cut off or no such call", fault);
        }
    }

    /// <summary>The variables by name; of a name that stands there twice, the first, as getenv(3) has it.</summary>
    public Dictionary<string, string> Variables()
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (string entry in Encoding.UTF8.GetString(Environment).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                variables.TryAdd(entry[..equals], entry[(equals + 1)..]);
            }
        }

        return variables;
    }

    private static void Write(BinaryWriter writer, SeenFile file)
    {
        writer.Write(file.Path);
        writer.Write(file.Device);
        writer.Write(file.Inode);
    }

    private static SeenFile ReadFile(BinaryReader reader) => new(reader.ReadString(), reader.ReadUInt64(), reader.ReadUInt64());

    private static byte[] ReadBytes(BinaryReader reader)
    {
        int length = reader.ReadInt32();
        byte[] bytes = length is >= 0 and <= MaximumLength ? reader.ReadBytes(length) : [];
        return bytes.Length == length ? bytes : throw new EndOfStreamException();
    }

    private static List<T> ReadMany<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        List<T> items = [];
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            items.Add(read(reader)); // A count that lies ends with the bytes.
        }

        return items;
    }
}
