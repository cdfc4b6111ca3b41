using System.Buffers.Binary;

namespace Slipway.Api;

/// <summary>
/// The client's end of a WebSocket (RFC 6455) over a connection that was upgraded: whole messages, one reader, any number of writers. Calls block.
/// Written by hand for the same reason as <see cref="HttpExchange"/>: the platform's takes longer to load than a container to run.
/// </summary>
internal sealed class WebSocketStream(HttpReader reader, Stream connection) : IDisposable
{
    private const byte Final = 0x80;
    private const byte Masked = 0x80;
    private const int LargestShortLength = 125;
    private const byte LengthOf16Bits = 126;
    private const byte LengthOf64Bits = 127;
    private const int LargestHeader = 14;
    private const int LargestMessage = 16 * 1024 * 1024;

    private readonly Lock writing = new();
    private byte[] message = new byte[64 * 1024];

    private enum Opcode : byte
    {
        Continuation = 0,
        Text = 1,
        Binary = 2,
        Close = 8,
        Ping = 9,
        Pong = 10,
    }

    public void SendText(ReadOnlySpan<byte> text) => Send(Opcode.Text, [], text);

    /// <summary>Sends one binary message: a first byte and the rest.</summary>
    public void SendBinary(byte first, ReadOnlySpan<byte> rest) => Send(Opcode.Binary, [first], rest);

    /// <summary>The next whole message, valid until the next call; null once the server closed, or the connection is lost.</summary>
    /// <exception cref="InvalidDataException">What comes is no WebSocket.</exception>
    public ReadOnlyMemory<byte>? Receive()
    {
        int filled = 0;
        try
        {
            while (true)
            {
                (Opcode opcode, bool final, int length) = ReadHeader();
                if (filled + (long)length > LargestMessage)
                {
                    throw new InvalidDataException($"the server sent a message of more than {LargestMessage} bytes");
                }

                if (filled + length > message.Length)
                {
                    Array.Resize(ref message, Math.Max(message.Length * 2, filled + length));
                }

                // A control frame may stand between the frames of a message: it is read behind what is there of that.
                reader.ReadExactly(message.AsSpan(filled, length));
                switch (opcode)
                {
                    case Opcode.Close:
                        return null;
                    case Opcode.Ping:
                        Send(Opcode.Pong, [], message.AsSpan(filled, length));
                        break;
                    case Opcode.Pong:
                        break;
                    default:
                        filled += length;
                        if (final)
                        {
                            return message.AsMemory(0, filled);
                        }

                        break;
                }
            }
        }
        catch (Exception exception) when (exception is EndOfStreamException or IOException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Closes the connection; a reader on another thread sees the end.</summary>
    public void Dispose() => connection.Dispose();

    private (Opcode Opcode, bool Final, int Length) ReadHeader()
    {
        Span<byte> header = stackalloc byte[sizeof(ulong)];
        reader.ReadExactly(header[..2]);
        Opcode opcode = (Opcode)(header[0] & 0x0F);
        bool final = (header[0] & Final) != 0;
        ulong length = header[1];
        if ((header[0] & 0x70) != 0 || length > LengthOf64Bits || opcode is not (<= Opcode.Binary or Opcode.Close or Opcode.Ping or Opcode.Pong))
        {
            throw new InvalidDataException("the server sent a frame that this client did not agree to");
        }

        if (length == LengthOf16Bits)
        {
            reader.ReadExactly(header[..sizeof(ushort)]);
            length = BinaryPrimitives.ReadUInt16BigEndian(header);
        }
        else if (length == LengthOf64Bits)
        {
            reader.ReadExactly(header);
            length = BinaryPrimitives.ReadUInt64BigEndian(header);
        }

        return length <= LargestMessage ? (opcode, final, (int)length) : throw new InvalidDataException($"the server sent a frame of {length} bytes");
    }

    private void Send(Opcode opcode, ReadOnlySpan<byte> first, ReadOnlySpan<byte> rest)
    {
        int length = first.Length + rest.Length;
        byte[] frame = new byte[LargestHeader + length];
        frame[0] = (byte)(Final | (byte)opcode);
        int at = 2;
        if (length <= LargestShortLength)
        {
            frame[1] = (byte)(Masked | length);
        }
        else if (length <= ushort.MaxValue)
        {
            frame[1] = Masked | LengthOf16Bits;
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(at), (ushort)length);
            at += sizeof(ushort);
        }
        else
        {
            frame[1] = Masked | LengthOf64Bits;
            BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(at), (ulong)length);
            at += sizeof(ulong);
        }

        // Four bytes that nobody can foretell (section 5.3); a new GUID's last ones are, without loading the cryptographic library.
        Span<byte> mask = frame.AsSpan(at, sizeof(uint));
        Guid.NewGuid().ToByteArray().AsSpan(^sizeof(uint)).CopyTo(mask);
        at += mask.Length;
        Span<byte> payload = frame.AsSpan(at, length);
        first.CopyTo(payload);
        rest.CopyTo(payload[first.Length..]);
        for (int i = 0; i < payload.Length; i++)
        {
            payload[i] ^= mask[i & 3];
        }

        lock (writing)
        {
            connection.Write(frame, 0, at + length);
        }
    }
}
