<?php
namespace Acme\Mail;
class Mail
{
    public static function name(): string
    {
        return 'mail';
    }
}
